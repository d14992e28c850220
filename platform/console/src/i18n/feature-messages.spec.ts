import { globSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const SOURCE = join(import.meta.dirname, '..')
const HAN = /\p{Script=Han}/u
/** Kept in both languages as they are: names, codes and signs. */
const SAME_IN_BOTH = /^[\p{Script=Latin}\d\s\p{P}\p{S}]*$/u

const modules = await Promise.all(
  globSync('{app,ui,features}/**/*.messages.ts', { cwd: SOURCE }).map(async (file) => ({
    file,
    exports: Object.values<unknown>(await import(join(SOURCE, file))),
  })),
)

describe.each(modules)('$file', ({ exports }) => {
  const pairs = exports.filter(isPair)

  test('has the words of both languages', () => {
    expect(pairs.length).toBeGreaterThan(0)
    for (const { zh, en } of pairs) expect(keysOf(en)).toEqual(keysOf(zh))
  })

  test('says each thing in the language it belongs to', () => {
    for (const { zh, en } of pairs) {
      for (const [key, text] of textsOf(en)) {
        expect(`${key}: ${text}`).not.toMatch(HAN)
        expect(text.trim()).not.toBe('')
      }
      const english = new Map(textsOf(en))
      for (const [key, text] of textsOf(zh)) {
        const isSame = text === english.get(key) && SAME_IN_BOTH.test(text)
        if (!isSame) expect(`${key}: ${text}`).toMatch(HAN)
      }
    }
  })
})

interface Pair {
  zh: object
  en: object
}

function isPair(value: unknown): value is Pair {
  return typeof value === 'object' && value !== null && 'zh' in value && 'en' in value
}

function textsOf(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] => {
    const name = path + key
    if (typeof value === 'string') return [[name, value]]
    if (typeof value === 'function') return [[name, String(value('A', 'B', 'C'))]]
    return textsOf(value, `${name}.`)
  })
}

function keysOf(words: object): string[] {
  return textsOf(words).map(([key]) => key)
}
