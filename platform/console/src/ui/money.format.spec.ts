import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatMinor, moneyText } from './money.format.js'

const MAX_WIRE_AMOUNT = 2n ** 53n - 1n

describe('moneyText', () => {
  test('writes fen as yuan with two decimals', () => {
    expect(moneyText(1n, 'CNY')).toBe('¥0.01')
    expect(moneyText(10n, 'CNY')).toBe('¥0.10')
    expect(moneyText(100n, 'CNY')).toBe('¥1.00')
    expect(moneyText(0n, 'CNY')).toBe('¥0.00')
  })

  test('groups thousands from the right of the whole part', () => {
    expect(moneyText(99_999n, 'CNY')).toBe('¥999.99')
    expect(moneyText(100_000n, 'CNY')).toBe('¥1,000.00')
    expect(moneyText(123_456_789n, 'CNY')).toBe('¥1,234,567.89')
  })

  test('keeps the last fen of the largest amount that the API may send', () => {
    expect(moneyText(MAX_WIRE_AMOUNT, 'CNY')).toBe('¥90,071,992,547,409.91')
  })

  test('puts the minus before the sign and names another currency by its code', () => {
    expect(moneyText(-250n, 'CNY')).toBe('−¥2.50')
    expect(moneyText(250n, 'USD')).toBe('USD 2.50')
  })

  test('reads back as the same amount, whatever the amount', () => {
    fc.assert(
      fc.property(fc.bigInt(-MAX_WIRE_AMOUNT, MAX_WIRE_AMOUNT), (amount) => {
        const { sign, digits } = formatMinor(amount, 'CNY')
        expect(digits).toMatch(/^\d{1,3}(,\d{3})*\.\d{2}$/)
        const minor = BigInt(digits.replace(/[,.]/g, ''))
        expect(sign.startsWith('−') ? -minor : minor).toBe(amount)
      }),
    )
  })
})
