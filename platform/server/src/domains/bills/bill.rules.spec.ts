import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  amountDue,
  refusalOfExpiry,
  refusalOfNewBill,
  refusalToCollect,
  refusalToExtend,
  refusalToVoid,
  statusOnceExtended,
} from './bill.rules.js'
import { BILL_STATUSES } from './bill.state.js'

const now = new Date('2026-12-01T00:00:00Z')
const past = new Date('2026-11-30T00:00:00Z')
const future = new Date('2026-12-02T00:00:00Z')

const whole = { partial_payment_allowed: false, partial_payment_minimum: 0n }
const parts = { partial_payment_allowed: true, partial_payment_minimum: 3000n }

function bill(changes: object = {}) {
  const amounts = { amount: 10000n, amount_paid: 0n, amount_refunded: 0n, amount_reserved: 0n }
  return { id: 'bill_1', status: 'open', expires_at: null, ...amounts, ...changes }
}

describe('amount due', () => {
  test('is what was not paid, and what was given back', () => {
    expect(amountDue(bill({ amount_paid: 4000n, amount_refunded: 1000n }))).toBe(7000n)
  })
})

describe('collecting', () => {
  test.each([
    ['all of an open bill', bill(), whole, 10000n],
    [
      'the rest of a partially paid one',
      bill({ status: 'partially_paid', amount_paid: 9000n }),
      parts,
      1000n,
    ],
    [
      'the rest, though parts are forbidden since',
      bill({ status: 'partially_paid', amount_paid: 9000n }),
      whole,
      1000n,
    ],
    ['a part that is the minimum', bill(), parts, 3000n],
    ['all that is not held, below the minimum', bill({ amount_reserved: 9000n }), parts, 1000n],
    ['one that expires later', bill({ expires_at: future }), whole, 10000n],
    [
      'what was given back',
      bill({ status: 'partially_paid', amount_paid: 5000n, amount_refunded: 5000n }),
      whole,
      10000n,
    ],
  ])('takes %s', (_, row, rules, amount) => {
    expect(refusalToCollect(row, rules, amount, now)).toBeNull()
  })

  test.each([
    ['more than is due', bill(), parts, 10001n, 'bill_overpaid'],
    ['what another payment holds', bill({ amount_reserved: 1n }), parts, 10000n, 'bill_overpaid'],
    ['a part where parts are forbidden', bill(), whole, 9999n, 'bill_partial_not_allowed'],
    [
      'the free part where parts are forbidden',
      bill({ amount_reserved: 1n }),
      whole,
      9999n,
      'bill_partial_not_allowed',
    ],
    ['a part below the minimum', bill(), parts, 2999n, 'bill_below_minimum'],
    [
      'a paid bill',
      bill({ status: 'paid', amount_paid: 10000n }),
      parts,
      3000n,
      'bill_not_payable',
    ],
    [
      'a paid bill that was refunded',
      bill({ status: 'paid', amount_paid: 10000n, amount_refunded: 10000n }),
      whole,
      10000n,
      'bill_not_payable',
    ],
    ['an expired bill', bill({ status: 'expired' }), whole, 10000n, 'bill_not_payable'],
    ['a void bill', bill({ status: 'void' }), whole, 10000n, 'bill_not_payable'],
    [
      'one whose time is over though nobody has noticed',
      bill({ expires_at: now }),
      whole,
      10000n,
      'bill_not_payable',
    ],
  ])('refuses %s', (_, row, rules, amount, code) => {
    expect(refusalToCollect(row, rules, amount, now)).toMatchObject({ code })
  })

  test('never takes more than is owed, whatever the rules', () => {
    const amount = fc.bigInt({ min: 1n, max: 30000n })
    fc.assert(
      fc.property(
        fc.record({ total: amount, paid: amount, back: amount, held: amount, wanted: amount }),
        fc.boolean(),
        amount,
        ({ total, paid, back, held, wanted }, allowed, minimum) => {
          fc.pre(back <= paid && paid - back + held <= total)
          const row = bill({
            amount: total,
            amount_paid: paid,
            amount_refunded: back,
            amount_reserved: held,
          })
          const rules = { partial_payment_allowed: allowed, partial_payment_minimum: minimum }
          if (refusalToCollect(row, rules, wanted, now) !== null) return
          expect(paid - back + held + wanted).toBeLessThanOrEqual(total)
          expect(allowed || wanted === amountDue(row)).toBe(true)
        },
      ),
    )
  })
})

describe('a new bill', () => {
  const draft = { amount: 300n, currency: 'CNY', lines: [], expires_at: null }

  test('may have lines that add up, or none', () => {
    expect(refusalOfNewBill(draft, 'CNY', now)).toBeNull()
    const lines = [{ amount: 100 }, { amount: 200 }]
    expect(refusalOfNewBill({ ...draft, lines }, 'CNY', now)).toBeNull()
  })

  test.each([
    ['lines that do not add up', { lines: [{ amount: 299 }] }, 'bill_lines_mismatch', '/lines'],
    [
      "another currency than its fee item's",
      { currency: 'USD' },
      'bill_currency_mismatch',
      '/currency',
    ],
    ['an expiry that has passed', { expires_at: past }, 'bill_expiry_invalid', '/expires_at'],
  ])('may not have %s', (_, change, code, pointer) => {
    const refusal = refusalOfNewBill({ ...draft, ...change }, 'CNY', now)
    expect(refusal).toMatchObject({ code, pointer })
  })
})

describe('extending', () => {
  test.each([
    ['open', 0n, 'open'],
    ['expired', 0n, 'open'],
    ['expired', 5000n, 'partially_paid'],
    ['partially_paid', 5000n, 'partially_paid'],
    ['paid', 10000n, null],
    ['void', 0n, null],
  ])('a bill that is %s with %s paid makes it %s', (status, amount_paid, to) => {
    expect(statusOnceExtended(bill({ status, amount_paid }))).toBe(to)
    const refusal = refusalToExtend(bill({ status, amount_paid }), future, now)
    expect(refusal?.code).toBe(to === null ? 'bill_not_extendable' : undefined)
  })

  test('goes only into the future, or to never', () => {
    expect(refusalOfExpiry(now, now)?.code).toBe('bill_expiry_invalid')
    expect(refusalOfExpiry(future, now)).toBeNull()
    expect(refusalOfExpiry(null, now)).toBeNull()
  })
})

describe('voiding', () => {
  test('waits for a payment in progress, whatever the status', () => {
    for (const status of BILL_STATUSES) {
      expect(refusalToVoid(bill({ status, amount_reserved: 1n }))?.code).toBe('bill_being_paid')
    }
  })

  test('is for open bills only', () => {
    const voidable = BILL_STATUSES.filter((status) => refusalToVoid(bill({ status })) === null)
    expect(voidable).toEqual(['open'])
    expect(refusalToVoid(bill({ status: 'paid' }))?.code).toBe('bill_not_voidable')
  })
})
