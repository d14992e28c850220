import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  claimsAt,
  claimsOf,
  excessOfDay,
  excessOfPayment,
  isOfChannel,
} from './payment-limit.rules.js'
import {
  LIMIT_DIMENSIONS,
  type LimitedPayment,
  type PaymentLimitRow,
} from './payment-limit.types.js'

const NOW = new Date('2026-12-01T00:00:00.000Z')
const limit = (changes: Partial<PaymentLimitRow> = {}): PaymentLimitRow => ({
  ...{ institution_id: 'inst_1', livemode: false, id: 'lim_1', name: 'limit' },
  ...{ payer_id: null, fee_item_id: null, department_id: null, channel: null, per: [] },
  ...{ currency: 'CNY', amount_per_payment: null, amount_per_day: 1_000n, count_per_day: null },
  ...{ status: 'active', metadata: {}, created_at: NOW, updated_at: NOW },
  ...changes,
})
const part = (payer_id: string | null, fee_item_id: string | null, amount: bigint) => ({
  ...{ payer_id, fee_item_id, amount, department_id: 'dept_a' },
})
const bills: LimitedPayment = {
  currency: 'CNY',
  channel: null,
  parts: [
    part('payer_1', 'item_1', 100n),
    part('payer_1', 'item_2', 20n),
    part('payer_2', 'item_1', 3n),
  ],
}
const direct: LimitedPayment = { ...bills, parts: [part(null, null, 500n)] }
const claimed = (changes: Partial<PaymentLimitRow>, payment = bills) =>
  claimsOf([limit(changes)], payment).map(({ key, amount }) => [key, amount])

describe('what a payment uses of a limit', () => {
  test('all of it together, when nothing is counted apart', () => {
    expect(claimed({})).toEqual([['', 123n]])
  })

  test('each payer for themselves', () => {
    expect(claimed({ per: ['payer'] })).toEqual([
      ['payer_1', 120n],
      ['payer_2', 3n],
    ])
  })

  test('each payer and fee item for themselves, in whatever order they are named', () => {
    const expected = [
      ['payer_1 item_1', 100n],
      ['payer_1 item_2', 20n],
      ['payer_2 item_1', 3n],
    ]
    expect(claimed({ per: ['payer', 'fee_item'] })).toEqual(expected)
    expect(claimed({ per: ['fee_item', 'payer'] })).toEqual(expected)
  })

  test('only the parts it is about', () => {
    expect(claimed({ fee_item_id: 'item_1' })).toEqual([['', 103n]])
    expect(claimed({ payer_id: 'payer_2' })).toEqual([['', 3n]])
    expect(claimed({ department_id: 'dept_b' })).toEqual([])
  })

  test('of a direct amount nothing that hangs on a payer or a fee item', () => {
    expect(claimed({}, direct)).toEqual([['', 500n]])
    expect(claimed({ per: ['department'] }, direct)).toEqual([['dept_a', 500n]])
    expect(claimed({ per: ['payer'] }, direct)).toEqual([])
    expect(claimed({ fee_item_id: 'item_1' }, direct)).toEqual([])
  })

  test('nothing of a limit that is disabled or of another currency', () => {
    expect(claimed({ status: 'disabled' })).toEqual([])
    expect(claimed({ currency: 'USD' })).toEqual([])
  })

  test('of a limit on the channel only once the channel is known', () => {
    const onChannel = limit({ channel: 'wechatpay' })
    const perChannel = limit({ id: 'lim_2', per: ['channel'] })
    const all = [onChannel, perChannel, limit({ id: 'lim_3' })]
    expect(all.map(isOfChannel)).toEqual([true, true, false])
    const ids = (moment: 'creation' | 'channel', channel: string | null) =>
      claimsAt(moment, all, { ...bills, channel }).map((claim) => claim.limit.id)
    expect(ids('creation', null)).toEqual(['lim_3'])
    expect(ids('creation', 'wechatpay')).toEqual(['lim_1', 'lim_2', 'lim_3'])
    expect(ids('channel', 'wechatpay')).toEqual(['lim_1', 'lim_2'])
    expect(ids('channel', 'another')).toEqual(['lim_2'])
  })
})

describe('too much', () => {
  test('for one payment', () => {
    const of = (most: bigint) =>
      excessOfPayment(claimsOf([limit({ amount_per_payment: most })], bills))
    expect(of(123n)).toBeNull()
    expect(of(122n)).toMatchObject({ rule: 'amount_per_payment', left: 122n })
  })

  test('for the day, with what was left before', () => {
    const claims = claimsOf([limit({ amount_per_day: 1_000n })], bills)
    const usage = (amount: bigint) => [{ limit_id: 'lim_1', key: '', amount, count: 1 }]
    expect(excessOfDay(claims, usage(1_000n))).toBeNull()
    expect(excessOfDay(claims, usage(1_001n))).toMatchObject({ rule: 'amount_per_day', left: 122n })
    // The limit was lowered below what the day had used already.
    expect(excessOfDay(claims, usage(5_000n))).toMatchObject({ left: 0n })
  })

  test('too many for the day', () => {
    const claims = claimsOf([limit({ amount_per_day: null, count_per_day: 2 })], bills)
    const usage = (count: number) => [{ limit_id: 'lim_1', key: '', amount: 1n, count }]
    expect(excessOfDay(claims, usage(2))).toBeNull()
    expect(excessOfDay(claims, usage(3))).toMatchObject({ rule: 'count_per_day', left: 0n })
  })
})

describe('whatever limits and parts there are', () => {
  const ids = (prefix: string) => fc.constantFrom(`${prefix}_1`, `${prefix}_2`)
  const anyLimit = fc.record({
    id: fc.uuid(),
    payer_id: fc.option(ids('payer')),
    fee_item_id: fc.option(ids('item')),
    channel: fc.option(fc.constantFrom('a', 'b')),
    per: fc.subarray([...LIMIT_DIMENSIONS]),
  })
  const anyPart = fc.record({
    payer_id: fc.option(ids('payer')),
    fee_item_id: fc.option(ids('item')),
    department_id: ids('dept'),
    amount: fc.bigInt(1n, 1_000n),
  })
  const anyPayment = fc.record({
    currency: fc.constant('CNY'),
    channel: fc.option(fc.constantFrom('a', 'b')),
    parts: fc.array(anyPart, { minLength: 1, maxLength: 6 }),
  })

  test('no part counts twice for one limit, and counters are locked in one order', () => {
    fc.assert(
      fc.property(fc.array(anyLimit), anyPayment, (changes, payment) => {
        const limits = changes.map((change) => limit(change))
        const total = payment.parts.reduce((sum, { amount }) => sum + amount, 0n)
        const claims = claimsOf(limits, payment)
        for (const { id } of limits) {
          const own = claims.filter((claim) => claim.limit.id === id)
          expect(own.reduce((sum, { amount }) => sum + amount, 0n)).toBeLessThanOrEqual(total)
          expect(new Set(own.map(({ key }) => key)).size).toBe(own.length)
        }
        const order = claims.map((claim) => `${claim.limit.id} ${claim.key}`)
        expect(order).toEqual([...order].sort())
      }),
    )
  })
})
