export const LANGUAGES = ['zh', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** BCP 47 tags for the `lang` attribute: they also pick the right CJK glyphs and line breaking. */
export const LANGUAGE_TAGS: Record<Language, string> = { zh: 'zh-CN', en: 'en' }

export interface LanguageSources {
  /** `?lang=` of the address: whoever made the link has already asked the payer. */
  query: string | null
  stored: string | null
  /** `navigator.languages`, best first. */
  preferred: readonly string[]
}

/** The first source that names a language we speak wins; Chinese is the house language. */
export function chooseLanguage({ query, stored, preferred }: LanguageSources): Language {
  for (const candidate of [query, stored, ...preferred]) {
    const language = languageOf(candidate)
    if (language !== null) return language
  }
  return 'zh'
}

function languageOf(tag: string | null): Language | null {
  const primary = tag?.toLowerCase().split(/[-_]/)[0]
  return LANGUAGES.find((language) => language === primary) ?? null
}
