import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { newId } from '../../kernel/id.js'
import { money } from '../../kernel/money.js'
import type { RefundState } from '../channels/channel.port.js'
import type { RefundItem } from '../payments/payment.types.js'
import {
  amountAsked,
  begunAt,
  channelRefundNo,
  differencesFrom,
  judgeAnswer,
  needsApproval,
  refundPosting,
} from './refund.rules.js'
import { CreateRefund } from './refund.schema.js'
import type { RefundCase, RefundRow } from './refund.types.js'

const moment = new Date('2026-12-01T00:00:00Z')
const [billA, billB] = [newId('bill'), newId('bill')]

function rowOf(changes: Partial<RefundRow> = {}): RefundRow {
  const department_id = newId('dept')
  return {
    institution_id: newId('inst'),
    livemode: false,
    id: newId('ref'),
    app_id: newId('app'),
    department_id,
    payment_id: newId('pay'),
    attempt_id: newId('att'),
    out_refund_no: 'R1',
    channel_refund_no: 'N1',
    currency: 'CNY',
    amount: 30n,
    reason: '退课',
    status: 'created',
    requested_by: 'key_a',
    decided_by: null,
    decided_at: null,
    decision_reason: null,
    failure_code: null,
    failure_message: null,
    items: [
      { position: 0, bill_id: billA, department_id, amount: 10n },
      { position: 1, bill_id: billB, department_id, amount: 20n },
    ],
    query_count: 0,
    succeeded_at: null,
    metadata: { a: '1', b: '2' },
    created_at: moment,
    updated_at: moment,
    ...changes,
  }
}

describe('the number a channel sees', () => {
  test('is one of its own for each refund, of letters and digits that every channel takes', () => {
    const numbers = Array.from({ length: 1000 }, () => channelRefundNo(newId('ref')))
    expect(new Set(numbers).size).toBe(1000)
    for (const number of numbers) expect(number).toMatch(/^[0-9A-Z]{26}$/)
  })
})

describe('the amount asked for', () => {
  const bills = fc.uniqueArray(fc.bigInt(1n, 1_000_000n), { minLength: 1, maxLength: 20 })
  const toItems = (amounts: bigint[]) =>
    amounts.map((amount) => ({ bill: newId('bill'), amount: Number(amount) }))

  test('is all that is left when nothing is said', () => expect(amountAsked({})).toBeNull())

  test('is the amount', () => expect(amountAsked({ amount: 7 })).toBe(7n))

  test('is the sum of the items, and nothing else may be said beside them', () => {
    fc.assert(
      fc.property(bills, fc.integer({ min: 1, max: 10 }), (amounts, surplus) => {
        const items = toItems(amounts)
        const sum = amounts.reduce((total, amount) => total + amount, 0n)
        expect(amountAsked({ items })).toBe(sum)
        expect(amountAsked({ items, amount: Number(sum) })).toBe(sum)
        expect(() => amountAsked({ items, amount: Number(sum) + surplus })).toThrow(
          expect.objectContaining({ code: 'refund_items_mismatch' }),
        )
      }),
    )
  })

  test('names every bill once, and the error says which one is repeated', () => {
    const item = { bill: billA, amount: 5 }
    expect(() => amountAsked({ items: [item, { bill: billB, amount: 1 }, item] })).toThrow(
      expect.objectContaining({
        code: 'refund_item_repeated',
        options: expect.objectContaining({
          outcome: 'failed',
          errors: [expect.objectContaining({ pointer: '/items/2/bill' })],
        }),
      }),
    )
  })
})

describe('a number that is used again', () => {
  const known = rowOf()
  const again = (changes: object = {}) =>
    differencesFrom(
      known,
      CreateRefund.parse({ payment: known.payment_id, out_refund_no: 'R1', ...changes }),
    )

  test('is the same refund when all that is said is the same, in any order', () => {
    const items = [
      { bill: billB, amount: 20 },
      { bill: billA, amount: 10 },
    ]
    expect(again({ amount: 30, items, reason: '退课', metadata: { b: '2', a: '1' } })).toEqual([])
  })

  test('does not compare what is left out: all that was left is not all that is left', () => {
    expect(again()).toEqual([])
  })

  test.each([
    ['payment', { payment: newId('pay') }],
    ['amount', { amount: 29 }],
    ['items', { items: [{ bill: billA, amount: 30 }] }],
    [
      'items',
      {
        items: [
          { bill: billA, amount: 20 },
          { bill: billB, amount: 10 },
        ],
      },
    ],
    ['reason', { reason: '退费' }],
    ['metadata', { metadata: { a: '1' } }],
    ['metadata', { metadata: { a: '1', c: '2' } }],
  ])('is another refund when the %s differs', (field, change) => {
    expect(again(change)).toEqual([field])
  })

  test('names everything that differs', () => {
    expect(again({ amount: 1, reason: 'x' })).toEqual(['amount', 'reason'])
  })

  test('never takes items for the parts of a direct amount', () => {
    const item = { position: 0, bill_id: null, department_id: newId('dept'), amount: 30n }
    const body = { payment: known.payment_id, out_refund_no: 'R1' }
    const items = [{ bill: billA, amount: 30 }]
    expect(differencesFrom({ ...known, items: [item] }, { ...body, items })).toEqual(['items'])
  })
})

describe('an answer', () => {
  const expected = { refund_no: 'N1', order_no: 'O1', amount: money(30n, 'CNY') }
  const success = { kind: 'succeeded', ...expected, succeeded_at: moment } as const

  test('about exactly this refund confirms it', () => {
    expect(judgeAnswer(expected, success)).toEqual({ kind: 'confirmed', succeeded_at: moment })
  })

  test('about anything else is never believed', () => {
    const state = fc.record({
      kind: fc.constant('succeeded' as const),
      refund_no: fc.constantFrom('N1', 'N2', 'n1', ''),
      order_no: fc.constantFrom('O1', 'O2', ''),
      amount: fc.constantFrom(
        money(30n, 'CNY'),
        money(30n, 'USD'),
        money(29n, 'CNY'),
        money(31n, 'CNY'),
      ),
      succeeded_at: fc.constant(moment),
    })
    fc.assert(
      fc.property(state, (answer) => {
        const isExact =
          answer.refund_no === 'N1' &&
          answer.order_no === 'O1' &&
          answer.amount.minor === 30n &&
          answer.amount.currency === 'CNY'
        expect(judgeAnswer(expected, answer).kind).toBe(isExact ? 'confirmed' : 'contradiction')
      }),
    )
  })

  test('that says no refuses it, with the reason', () => {
    const state = {
      kind: 'failed',
      code: 'not_enough',
      message: 'the balance is too small',
    } as const
    expect(judgeAnswer(expected, state)).toEqual({
      kind: 'refused',
      code: 'not_enough',
      message: 'the balance is too small',
    })
  })

  test.each<RefundState>([
    { kind: 'processing' },
    { kind: 'not_found' },
    { kind: 'unknown', reason: 'timeout' },
  ])('that says $kind decides nothing', (state) => {
    expect(judgeAnswer(expected, state)).toEqual({ kind: 'undecided' })
  })
})

describe('the posting', () => {
  const order = {
    channel: 'wechatpay',
    channel_account_id: newId('cha'),
    channel_order_no: 'O1',
    channel_transaction_no: 'T1',
    method: 'native' as const,
    placed_at: new Date('2026-12-01T00:00:00Z'),
    amount: 100n,
  }
  const amounts = fc.array(fc.bigInt(1n, 1_000_000n), { minLength: 1, maxLength: 12 })
  const caseOf = (parts: bigint[], total: bigint): RefundCase => {
    const items = parts.map(
      (amount, position): RefundItem => ({
        position,
        bill_id: newId('bill'),
        department_id: newId('dept'),
        amount,
      }),
    )
    return { refund: rowOf({ items, amount: total }), order, wallet_id: null }
  }
  const sumOf = (parts: readonly bigint[]) => parts.reduce((sum, part) => sum + part, 0n)

  test('takes from each department its own part, and from the channel all of it', () => {
    fc.assert(
      fc.property(amounts, (parts) => {
        const known = caseOf(parts, sumOf(parts))
        const { entries, ...posting } = refundPosting(known, moment)
        expect(posting).toMatchObject({
          kind: 'refund',
          source_id: known.refund.id,
          currency: 'CNY',
          posted_at: moment,
        })
        expect(entries).toEqual([
          ...known.refund.items.map(({ department_id, amount }) => ({
            account: { code: `department_payable:${department_id}`, type: 'liability' },
            direction: 'debit',
            amount,
          })),
          {
            account: { code: `channel_clearing:${order.channel_account_id}`, type: 'asset' },
            direction: 'credit',
            amount: known.refund.amount,
          },
        ])
      }),
    )
  })

  test('is refused when the parts are not the whole', () => {
    fc.assert(
      fc.property(amounts, fc.constantFrom(-1n, 1n), (parts, error) => {
        expect(() => refundPosting(caseOf(parts, sumOf(parts) + error), moment)).toThrow('add up')
      }),
    )
  })
})

describe('a second person', () => {
  test('is needed for what the refunds of a payment come to above the threshold', () => {
    const amount = fc.bigInt(0n, 1_000_000n)
    fc.assert(
      fc.property(amount, amount, amount, (threshold, amount_taken_back, wanted) => {
        expect(needsApproval(threshold, { amount_taken_back }, wanted)).toBe(
          amount_taken_back + wanted > threshold,
        )
      }),
    )
  })

  test('is not needed where the department has set no threshold', () => {
    expect(needsApproval(null, { amount_taken_back: 10n ** 15n }, 10n ** 15n)).toBe(false)
  })

  test('moves the beginning of the refund to the moment of the decision', () => {
    const decided_at = new Date('2026-12-09T00:00:00Z')
    expect(begunAt(rowOf())).toEqual(moment)
    expect(begunAt(rowOf({ decided_by: 'key_b', decided_at }))).toEqual(decided_at)
  })
})
