import { describe, expect, test } from '@jest/globals'
import { OWN_SCOPES } from '../../infra/http/own-scopes.js'
import { SCOPES } from '../../infra/http/scopes.js'
import { PAYER_ACCESS_ERRORS } from './payer-access.errors.js'
import { PAGE_TEXTS, pageLanguage } from './payer-page.text.js'

describe('the language of a page', () => {
  test.each([
    [undefined, 'en-GB,en;q=0.9,zh;q=0.8', 'en'],
    [undefined, 'fr,zh-CN;q=0.5,en;q=0.7', 'en'],
    [undefined, 'en;q=0,zh', 'zh'],
    [undefined, 'fr', 'zh'],
    [undefined, undefined, 'zh'],
    ['en', 'zh-CN', 'en'],
    ['zh', 'en', 'zh'],
    ['fr', 'en', 'en'],
  ])('chosen %p by a browser that wants %p is %s', (chosen, accepted, language) => {
    expect(pageLanguage(chosen, accepted)).toBe(language)
  })
})

test('every error has its words in both languages', () => {
  for (const code of Object.keys(PAYER_ACCESS_ERRORS)) {
    for (const { notices } of Object.values(PAGE_TEXTS)) {
      expect(Object.keys(notices)).toContain(code)
    }
  }
})

test('every scope that a payer can grant is explained, and can be given to an app', () => {
  const known: readonly string[] = SCOPES
  expect(Object.keys(OWN_SCOPES)).toEqual(known.filter((scope) => scope.endsWith(':own')))
})
