import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { saysTheSame } from './same.rules.js'

const moment = new Date('2026-12-01T00:00:00Z')

describe('a repeated create', () => {
  test.each([
    ['nothing at all', {}],
    ['an absent field', { title: undefined }],
    ['a number for a bigint', { amount: 100 }],
    ['the same moment', { expires_at: new Date('2026-12-01T08:00:00+08:00') }],
    ['keys in another order', { metadata: { b: '2', a: '1' } }],
    ['equal lists', { lines: [{ amount: 60, description: 'x' }] }],
  ])('says the same with %s', (_, given) => {
    expect(saysTheSame(known, given)).toBe(true)
  })

  test.each([
    ['another amount', { amount: 101 }],
    ['another text', { title: 'y' }],
    ['another moment', { expires_at: new Date('2026-12-01T08:00:00Z') }],
    ['no moment', { expires_at: null }],
    ['fewer pairs', { metadata: { a: '1' } }],
    ['more pairs', { metadata: { a: '1', b: '2', c: '3' } }],
    ['other lines', { lines: [] }],
    ['a field nobody knows', { colour: 'red' }],
  ])('says something else with %s', (_, given) => {
    expect(saysTheSame(known, given)).toBe(false)
  })

  test('is the same as itself, and not with a text more', () => {
    const metadata = fc.dictionary(fc.string({ minLength: 1 }), fc.string())
    fc.assert(
      fc.property(metadata, fc.string({ minLength: 1 }), (pairs, key) => {
        const reversed = Object.fromEntries(Object.entries(pairs).reverse())
        expect(saysTheSame({ metadata: pairs }, { metadata: reversed })).toBe(true)
        fc.pre(!Object.hasOwn(pairs, key) && key !== '__proto__')
        expect(saysTheSame({ metadata: pairs }, { metadata: { ...pairs, [key]: '' } })).toBe(false)
      }),
    )
  })
})

const known = {
  title: 'x',
  amount: 100n,
  expires_at: moment,
  metadata: { a: '1', b: '2' },
  lines: [{ description: 'x', amount: 60 }],
}
