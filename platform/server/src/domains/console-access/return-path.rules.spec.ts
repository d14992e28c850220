import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { CONSOLE_HOME, returnPathOf } from './return-path.rules.js'

describe('the page to return to', () => {
  test.each(['/console', '/console/', '/console/apps/app_1?tab=keys#new'])('may be %s', (path) => {
    expect(returnPathOf(path)).toBe(path)
  })

  test.each([
    undefined,
    null,
    ['/console/a', '/console/b'],
    '',
    'console',
    'https://evil.example/console',
    '//evil.example/console',
    '/\\evil.example',
    '/\t/evil.example',
    '/console/../payer',
    '/consoles',
    '/console/callback?code=1',
    `/console/${'a'.repeat(500)}`,
  ])('is the front page instead of %p', (asked) => {
    expect(returnPathOf(asked)).toBe(CONSOLE_HOME)
  })

  test('never leads to another origin, whatever is asked for', () => {
    const origin = 'https://pay.example.edu'
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webPath()), (asked) => {
        const url = new URL(returnPathOf(asked), origin)
        expect([url.origin, url.pathname.startsWith('/console')]).toEqual([origin, true])
      }),
    )
  })
})
