import { describe, expect, test } from '@jest/globals'
import { languageOf } from './docs-language.js'

const preferring = (header: string) => languageOf({ 'accept-language': header })

describe('the language of the documentation', () => {
  test('is the one the visitor chose, whatever the browser says', () => {
    const asking = { cookie: 'a=b; bursar_docs_language=en', 'accept-language': 'zh-CN' }
    expect(languageOf(asking)).toBe('en')
    expect(languageOf({ ...asking, cookie: 'bursar_docs_language=zh-CN' })).toBe('zh-CN')
  })

  test('is otherwise the one that the browser prefers', () => {
    expect(preferring('zh-CN,zh;q=0.9,en;q=0.8')).toBe('zh-CN')
    expect(preferring('en-GB,en;q=0.9,zh;q=0.5')).toBe('en')
    expect(preferring('en;q=0.3, zh-TW;q=0.9')).toBe('zh-CN')
    expect(preferring('fr, zh;q=0.2')).toBe('zh-CN')
  })

  test('is English for who prefers neither, and for what cannot be read', () => {
    for (const header of ['', 'fr-CH, de', 'zh;q=0', '*', ';;;q=,', 'zhuang']) {
      expect(preferring(header)).toBe('en')
    }
    expect(languageOf({ cookie: 'bursar_docs_language=xx', 'accept-language': 'en' })).toBe('en')
  })
})
