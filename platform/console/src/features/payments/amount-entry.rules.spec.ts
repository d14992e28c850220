import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readAmount, yuanText } from './amount-entry.rules.js'

const MAXIMUM = 2n ** 53n - 1n

describe('an amount in yuan', () => {
  test.each([
    ['12.50', 1250n],
    ['12.5', 1250n],
    ['12', 1200n],
    ['0.01', 1n],
    [' 1,234.56 ', 123_456n],
  ])('%s is read to the fen', (text, amountMinor) => {
    expect(readAmount(text, MAXIMUM)).toEqual({ kind: 'amount', amountMinor })
  })

  test.each(['', '0', '0.00', '-1', '1.234', '1e3', '12.50元', '.5', '12.'])(
    'is not written as %p',
    (text) => expect(readAmount(text, MAXIMUM)).toEqual({ kind: 'not_a_number' }),
  )

  test('may not be more than what is left', () => {
    expect(readAmount('10.00', 1000n)).toEqual({ kind: 'amount', amountMinor: 1000n })
    expect(readAmount('10.01', 1000n)).toEqual({ kind: 'too_much' })
  })

  test('is read back as it was written, whatever it is', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, MAXIMUM), (amountMinor) => {
        expect(readAmount(yuanText(amountMinor), MAXIMUM)).toEqual({ kind: 'amount', amountMinor })
      }),
    )
  })
})
