import { describe, expect, test } from '@jest/globals'
import { chooseLanguage } from './language.rules.js'

describe('chooseLanguage', () => {
  test('the address wins over the stored choice and the browser', () => {
    expect(chooseLanguage({ query: 'en', stored: 'zh', preferred: ['zh-CN'] })).toBe('en')
  })

  test('the stored choice wins over the browser', () => {
    expect(chooseLanguage({ query: null, stored: 'en', preferred: ['zh-CN'] })).toBe('en')
  })

  test('takes the first browser language that we speak, by its primary part', () => {
    expect(chooseLanguage({ query: null, stored: null, preferred: ['fr-FR', 'en-GB', 'zh'] })).toBe(
      'en',
    )
    expect(chooseLanguage({ query: null, stored: null, preferred: ['zh-Hant-TW'] })).toBe('zh')
  })

  test('ignores what it does not know and falls back to Chinese', () => {
    expect(chooseLanguage({ query: 'xx', stored: 'bogus', preferred: ['de'] })).toBe('zh')
  })
})
