import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  AMOUNT_MAX,
  addMoney,
  isSameMoney,
  money,
  parseMajorText,
  subtractMoney,
  toMajorText,
  toWireAmount,
} from './money.js'

const amounts = fc.bigInt(-AMOUNT_MAX, AMOUNT_MAX)
const positive = fc.bigInt(0n, AMOUNT_MAX)
const cny = (minor: bigint) => money(minor, 'CNY')

describe('money', () => {
  test('adds and subtracts exactly', () => {
    fc.assert(
      fc.property(amounts, amounts, (left, right) => {
        const sum = addMoney(cny(left), cny(right))
        expect(sum).toEqual(cny(left + right))
        expect(sum).toEqual(addMoney(cny(right), cny(left)))
        expect(subtractMoney(sum, cny(right))).toEqual(cny(left))
      }),
    )
  })

  test('never mixes currencies', () => {
    const usd = money(1n, 'USD')
    expect(() => addMoney(cny(1n), usd)).toThrow('do not add up')
    expect(() => subtractMoney(cny(1n), usd)).toThrow('do not add up')
    expect(isSameMoney(cny(1n), usd)).toBe(false)
    expect(isSameMoney(cny(1n), cny(1n))).toBe(true)
    expect(isSameMoney(cny(1n), cny(2n))).toBe(false)
  })

  test.each(['', 'cny', 'CN', 'CNYY', '元'])('refuses %p as a currency', (currency) => {
    expect(() => money(1n, currency)).toThrow('ISO 4217')
  })
})

describe('the wire', () => {
  test('carries every amount up to 2^53-1 exactly', () => {
    fc.assert(
      fc.property(amounts, (minor) => {
        expect(BigInt(JSON.parse(JSON.stringify(toWireAmount(minor))))).toBe(minor)
      }),
    )
  })

  test.each([AMOUNT_MAX + 1n, -AMOUNT_MAX - 1n])('refuses %p rather than rounding it', (minor) => {
    expect(() => toWireAmount(minor)).toThrow('2^53-1')
  })
})

describe('yuan texts', () => {
  test('are read as they are written', () => {
    fc.assert(
      fc.property(positive, (minor) => {
        const text = toMajorText(minor)
        expect(text).toMatch(/^\d+\.\d\d$/)
        expect(parseMajorText(text)).toBe(minor)
      }),
    )
  })

  test.each([
    [0n, '0.00'],
    [1n, '0.01'],
    [10n, '0.10'],
    [1250n, '12.50'],
    [AMOUNT_MAX, '90071992547409.91'],
  ])('of %p are %s', (minor, text) => {
    expect(toMajorText(minor)).toBe(text)
  })

  test.each([
    ['12', 1200n],
    ['12.5', 1250n],
    [' 12.50 ', 1250n],
    ['007', 700n],
  ])('may leave zeros out: %p', (text, minor) => {
    expect(parseMajorText(text)).toBe(minor)
  })

  test.each(['', '.', '.5', '5.', '1.234', '-1', '+1', '1e2', '1,000', '１', '0x1', '12.5元'])(
    'are nothing like %p',
    (text) => {
      expect(parseMajorText(text)).toBeNull()
    },
  )

  test('are never negative', () => {
    expect(() => toMajorText(-1n)).toThrow('negative')
  })
})
