import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ID_PREFIXES, idTimeMs, isId, newId } from './id.js'

const TIME_MAX_MS = 2 ** 48 - 1
const prefixes = fc.constantFrom(...ID_PREFIXES)
const times = fc.integer({ min: 0, max: TIME_MAX_MS })

/** The 128 bits of an id, by an arithmetic of its own. */
function bitsOf(id: string): bigint {
  const digits = [...id.slice(id.lastIndexOf('_') + 1)]
  return digits.reduce(
    (bits, digit) => bits * 32n + BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(digit)),
    0n,
  )
}

describe('newId', () => {
  test('is a prefix and a UUIDv7 in 26 characters', () => {
    fc.assert(
      fc.property(prefixes, times, (prefix, atMs) => {
        const id = newId(prefix, atMs)
        expect(id).toMatch(/^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$/)
        const bits = bitsOf(id)
        expect(bits >> 80n).toBe(BigInt(atMs))
        expect((bits >> 76n) & 0xfn).toBe(7n)
        expect((bits >> 62n) & 0b11n).toBe(0b10n)
      }),
    )
  })

  test('carries its time', () => {
    fc.assert(
      fc.property(prefixes, times, (prefix, atMs) => {
        expect(idTimeMs(newId(prefix, atMs))).toBe(atMs)
      }),
    )
    const before = Date.now()
    const atMs = idTimeMs(newId('pay'))
    expect(atMs >= before && atMs <= Date.now()).toBe(true)
  })

  test('sorts by time, as a text', () => {
    fc.assert(
      fc.property(times, times, (left, right) => {
        fc.pre(left < right)
        expect(newId('pay', left) < newId('pay', right)).toBe(true)
      }),
    )
  })

  test('sorts as made, also within one millisecond', () => {
    const atMs = Date.now()
    for (let round = 0; round < 20; round++) {
      const ids = Array.from({ length: 1_000 }, () => newId('evt', atMs + round))
      expect(ids.toSorted()).toEqual(ids)
    }
  })

  test('never repeats', () => {
    const ids = new Set(Array.from({ length: 50_000 }, () => newId('pay')))
    expect(ids.size).toBe(50_000)
  })
})

describe('isId', () => {
  test('takes ids of its kind only', () => {
    const id = newId('pay')
    expect(isId(id, 'pay')).toBe(true)
    expect(isId(id, 'ref')).toBe(false)
  })

  test.each([
    '',
    'pay_',
    'pay_01jd000000000000000000000',
    'pay_01jd00000000000000000000000',
    'pay_81jd0000000000000000000000',
    'pay_01JD0000000000000000000000',
    'pay_01jd000000000000000000000u',
    'pay_01jd000000000000000000000\u0000',
    'pay_01jd0000000000000000000000\n',
    ' pay_01jd0000000000000000000000',
  ])('refuses %p', (text) => {
    expect(isId(text, 'pay')).toBe(false)
  })
})
