import { describe, expect, test } from '@jest/globals'
import {
  afterWrongPin,
  isPinLocked,
  isWeakPin,
  limitsOf,
  PIN_FAILURES_MAX,
  PIN_LOCK_MS,
  type PinState,
  refusalOfCharge,
} from './wallet.rules.js'

const NOW = new Date('2026-12-01T00:00:00Z')
const later = (ms: number) => new Date(NOW.getTime() + ms)

describe('a PIN', () => {
  test.each(['000000', '999999', '123456', '012345', '654321', '987654'])('%s is weak', (pin) => {
    expect(isWeakPin(pin)).toBe(true)
  })

  test.each(['135790', '246810', '112233', '123455', '001000', '369369'])('%s is not', (pin) => {
    expect(isWeakPin(pin)).toBe(false)
  })

  test('is locked after so many wrong ones in a row, and counts anew when that is over', () => {
    let state: PinState = { pin_failed_count: 0, pin_locked_until: null }
    for (let wrong = 1; wrong < PIN_FAILURES_MAX; wrong++) {
      state = afterWrongPin(state, NOW)
      expect([isPinLocked(state, NOW), state.pin_failed_count]).toEqual([false, wrong])
    }
    state = afterWrongPin(state, NOW)
    expect(isPinLocked(state, NOW)).toBe(true)
    expect(isPinLocked(state, later(PIN_LOCK_MS - 1))).toBe(true)
    expect(isPinLocked(state, later(PIN_LOCK_MS))).toBe(false)
    state = afterWrongPin(state, later(PIN_LOCK_MS))
    expect(state).toEqual({ pin_failed_count: 1, pin_locked_until: null })
  })
})

describe('a charge', () => {
  const wallet = { status: 'active' as const, balance: 1_000n, currency: 'CNY' }
  const none = { per_payment: null, per_day: null }
  const codeOf = (
    changes: object,
    amount = 100n,
    limits: { per_payment: bigint | null; per_day: bigint | null } = none,
    spent = 0n,
  ) => refusalOfCharge({ ...wallet, ...changes }, { amount, currency: 'CNY' }, limits, spent)?.code

  test('takes the last fen, and not one more', () => {
    expect(codeOf({}, 1_000n)).toBeUndefined()
    expect(codeOf({}, 1_001n)).toBe('wallet_balance_insufficient')
  })

  test('is refused by a wallet that is frozen, closed or in another currency', () => {
    expect(codeOf({ status: 'frozen' })).toBe('wallet_frozen')
    expect(codeOf({ status: 'closed' })).toBe('wallet_closed')
    expect(codeOf({ currency: 'HKD' })).toBe('wallet_currency_differs')
  })

  test('keeps to the limit of one payment', () => {
    const limits = { per_payment: 100n, per_day: null }
    expect(codeOf({}, 100n, limits)).toBeUndefined()
    expect(codeOf({}, 101n, limits)).toBe('wallet_limit_exceeded')
  })

  test('keeps to the limit of a day, with what was spent', () => {
    const limits = { per_payment: null, per_day: 300n }
    expect(codeOf({}, 100n, limits, 200n)).toBeUndefined()
    expect(codeOf({}, 101n, limits, 200n)).toBe('wallet_limit_exceeded')
  })

  test('takes the wallet’s own limit before the institution’s', () => {
    const defaults = { per_payment: 10n, per_day: 20n }
    const own = { limit_per_payment: 5n, limit_per_day: null }
    expect(limitsOf(own, defaults)).toEqual({ per_payment: 5n, per_day: 20n })
  })
})
