import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { newId } from '../../kernel/id.js'
import { assertPosting } from '../ledger/ledger.rules.js'
import type { PaymentItem } from './payment.types.js'
import { paymentPosting } from './payment-posting.rules.js'
import { splitsOf } from './payment-split.rules.js'

const tenant = { institution_id: newId('inst'), livemode: true }
const attempt = { channel_account_id: newId('cha') }
const [charging, other] = [newId('dept'), newId('dept')]
const booked = { posted_at: new Date('2026-11-22T04:00:00Z'), time_zone: 'Asia/Shanghai' }
const paymentOf = (amount: bigint) => ({
  ...tenant,
  id: newId('pay'),
  subject: '学费',
  currency: 'CNY',
  amount,
  department_id: charging,
  wallet_id: null as string | null,
})
const itemOf = (amount: bigint, split: Record<string, number> = {}, position = 0): PaymentItem => ({
  ...tenant,
  payment_id: 'pay_1',
  position,
  bill_id: newId('bill'),
  department_id: charging,
  amount,
  amount_refunded: 0n,
  splits: splitsOf(
    amount,
    Object.entries(split).map(([department, share]) => ({ department, share })),
  ),
})
const entriesOf = (amount: bigint, items: readonly PaymentItem[]) =>
  paymentPosting(paymentOf(amount), attempt, items, booked).entries.map(
    ({ account, direction, amount: part }) => [account.code, direction, part],
  )

describe('the posting of a payment', () => {
  test('of a direct amount owes all of it to the department of the app', () => {
    expect(entriesOf(500n, [])).toEqual([
      [`channel_clearing:${attempt.channel_account_id}`, 'debit', 500n],
      [`department_payable:${charging}`, 'credit', 500n],
    ])
  })

  test('follows the split that is frozen with each part', () => {
    const items = [itemOf(100n, { [charging]: 1, [other]: 2 }), itemOf(50n, {}, 1)]
    expect(entriesOf(150n, items).slice(1)).toEqual([
      [`department_payable:${charging}`, 'credit', 33n],
      [`department_payable:${other}`, 'credit', 67n],
      [`department_payable:${charging}`, 'credit', 50n],
    ])
  })

  test('of a top-up owes all of it to the payer', () => {
    const wallet_id = newId('wal')
    const payment = { ...paymentOf(500n), wallet_id }
    const [, credit] = paymentPosting(payment, attempt, [], booked).entries
    expect(credit).toMatchObject({ account: { code: `payer_wallet:${wallet_id}` }, amount: 500n })
  })

  test('books no entry of nothing', () => {
    const entries = entriesOf(1n, [itemOf(1n, { [charging]: 1, [other]: 1 })])
    expect(entries).toHaveLength(2)
  })

  test('refuses parts that are not the payment', () => {
    expect(() => entriesOf(2n, [itemOf(1n)])).toThrow('its parts 1')
  })

  test('always balances, whatever was split how', () => {
    const parts = fc.array(fc.tuple(fc.bigInt(1n, 10n ** 12n), fc.nat(9_999), fc.nat(9_999)), {
      minLength: 1,
      maxLength: 10,
    })
    fc.assert(
      fc.property(parts, (all) => {
        const items = all.map(([amount, mine, theirs], position) =>
          itemOf(amount, mine && theirs ? { [charging]: mine, [other]: theirs } : {}, position),
        )
        const total = items.reduce((sum, { amount }) => sum + amount, 0n)
        const posting = paymentPosting(paymentOf(total), attempt, items, booked)
        expect(() => assertPosting(posting)).not.toThrow()
      }),
    )
  })
})
