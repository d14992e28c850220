import { useLanguage } from './language.provider.js'
import type { Language } from './language.rules.js'

// biome-ignore lint/suspicious/noExplicitAny: a sentence may be made of anything; its own type says what
type Sentence = (...parts: any[]) => string

export interface Words {
  readonly [key: string]: string | Sentence | Words
}

/** The same words in another language: the same keys, sentences made of the same parts. */
type Translated<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends Sentence
      ? (...parts: Parameters<T[K]>) => string
      : Translated<T[K]>
}

export type FeatureMessages<T> = Readonly<Record<Language, Translated<T>>>

/** The words of one feature, kept beside it. A language that lacks one doesn't compile. */
export function defineMessages<T extends Words>(zh: T, en: Translated<T>): FeatureMessages<T> {
  return { zh: zh as Translated<T>, en }
}

export function useMessages<T>(messages: FeatureMessages<T>): Translated<T> {
  return messages[useLanguage().language]
}
