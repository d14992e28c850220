import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { TEST_API_VERSION } from '../../../test/support/callers.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { type BillFixture, LATER, makeBillFixture, NOW } from './bill.fixture.js'
import { refusalToCollect } from './bill.rules.js'
import { BILL_STATUSES } from './bill.state.js'
import type { BillItem } from './bill.types.js'

let fixture: BillFixture
beforeAll(async () => {
  fixture = await makeBillFixture()
})
afterAll(() => fixture.db.drop())

const item = (bill_id: string, amount: bigint) => ({ bill_id, amount })
const reserve = (caller: Caller, ...items: BillItem[]) =>
  fixture.db.database.transaction((tx) => fixture.bills.reserve(tx, caller, items))
const release = (caller: Caller, ...items: BillItem[]) =>
  fixture.db.database.transaction((tx) => fixture.bills.release(tx, caller, items))
const settle = (caller: Caller, ...items: BillItem[]) =>
  fixture.db.database.transaction((tx) => fixture.bills.settle(tx, caller, items, TEST_API_VERSION))
const refund = (caller: Caller, ...items: BillItem[]) =>
  fixture.db.database.transaction((tx) => fixture.bills.refund(tx, caller, items, TEST_API_VERSION))

/** Until PostgreSQL says that a connection of this database waits for a row. */
async function untilSomebodyWaits(): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const waiting = await fixture.db.database.query(
      `select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (waiting.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('nobody waits for a lock')
}

async function billInParts(caller: Caller, changes: object = {}) {
  const rules = { partial_payment: { allowed: true, minimum: 100 } }
  const feeItem = await fixture.feeItem(caller, { ...rules, ...changes })
  return fixture.bill(caller, { fee_item: feeItem.id })
}

describe('forCheckout', () => {
  test('gives amount, owner and channels, and all that is due when no amount is said', async () => {
    const { caller } = await fixture.tenant()
    const whole = await fixture.bill(caller)
    const part = await billInParts(caller, { channels: ['wechatpay'] })
    const found = await fixture.bills.forCheckout(caller, [
      { bill_id: part.id, amount: 400n },
      { bill_id: whole.id },
    ])
    expect(found).toEqual([
      expect.objectContaining({
        bill_id: part.id,
        amount: 400n,
        amount_due: 10000n,
        channels: ['wechatpay'],
      }),
      {
        bill_id: whole.id,
        amount: 10000n,
        amount_due: 10000n,
        app_id: caller.app_id,
        department_id: caller.department_id,
        payer_id: whole.payer,
        fee_item_id: whole.fee_item,
        title: '学费',
        currency: 'CNY',
        channels: [],
      },
    ])
  })

  test('does not mind what another payment holds at the moment', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    await reserve(caller, item(id, 10000n))
    const [found] = await fixture.bills.forCheckout(caller, [{ bill_id: id }])
    expect(found?.amount).toBe(10000n)
  })

  test.each([
    ['more than is due', 10001n, 'bill_overpaid'],
    ['a part below the minimum', 99n, 'bill_below_minimum'],
  ])('refuses %s', async (_, amount, code) => {
    const { caller } = await fixture.tenant()
    const { id } = await billInParts(caller)
    const checking = fixture.bills.forCheckout(caller, [{ bill_id: id, amount }])
    await expect(checking).rejects.toMatchObject({ code })
  })

  test("refuses another app's, institution's or mode's bill, and one bill twice", async () => {
    const { caller, otherAppCaller, otherInstitutionCaller, liveCaller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    for (const stranger of [otherAppCaller, otherInstitutionCaller, liveCaller]) {
      const checking = fixture.bills.forCheckout(stranger, [{ bill_id: id }])
      await expect(checking).rejects.toMatchObject({ code: 'bill_not_found' })
    }
    const twice = fixture.bills.forCheckout(caller, [{ bill_id: id }, { bill_id: id }])
    await expect(twice).rejects.toMatchObject({ code: 'bill_repeated' })
  })
})

describe('reserve', () => {
  test('holds amounts of several bills and says whose they are', async () => {
    const { caller } = await fixture.tenant()
    const first = await fixture.bill(caller)
    const second = await billInParts(caller)
    const reserved = await reserve(caller, item(second.id, 400n), item(first.id, 10000n))
    expect(reserved.map(({ bill_id, amount }) => ({ bill_id, amount }))).toEqual([
      item(first.id, 10000n),
      item(second.id, 400n),
    ])
    expect(reserved[0]).toMatchObject({ department_id: caller.department_id, currency: 'CNY' })
    expect((await fixture.row(first.id)).amount_reserved).toBe(10000n)
    expect((await fixture.row(second.id)).amount_reserved).toBe(400n)
  })

  test('holds nothing when one of several cannot be held', async () => {
    const { caller } = await fixture.tenant()
    const first = await fixture.bill(caller)
    const second = await fixture.bill(caller)
    const reserving = reserve(caller, item(first.id, 10000n), item(second.id, 10001n))
    await expect(reserving).rejects.toMatchObject({ code: 'bill_overpaid', spec: { status: 409 } })
    expect((await fixture.row(first.id)).amount_reserved).toBe(0n)
  })

  test('refuses a void bill, one whose time is over, and a part where parts are forbidden', async () => {
    const { caller } = await fixture.tenant()
    const voided = await fixture.bill(caller)
    await fixture.bills.void(caller, voided.id)
    const whole = await fixture.bill(caller, { expires_at: LATER })
    await expect(reserve(caller, item(voided.id, 10000n))).rejects.toMatchObject({
      code: 'bill_not_payable',
    })
    await expect(reserve(caller, item(whole.id, 1n))).rejects.toMatchObject({
      code: 'bill_partial_not_allowed',
    })
    await fixture.db.database.query('update bills set expires_at = $2 where id = $1', [
      whole.id,
      NOW,
    ])
    await expect(reserve(caller, item(whole.id, 10000n))).rejects.toMatchObject({
      code: 'bill_not_payable',
    })
  })

  test("does not see another institution's or mode's bill", async () => {
    const { caller, otherInstitutionCaller, liveCaller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    for (const stranger of [otherInstitutionCaller, liveCaller]) {
      await expect(reserve(stranger, item(id, 10000n))).rejects.toMatchObject({
        code: 'bill_not_found',
      })
    }
    await expect(reserve(caller, item(newId('bill'), 1n))).rejects.toMatchObject({
      code: 'bill_not_found',
    })
  })

  test('of 50 payments of one whole bill at once, one gets it', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => reserve(caller, item(id, 10000n))),
    )
    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    )
    expect(refused).toHaveLength(49)
    for (const reason of refused) expect(reason).toMatchObject({ code: 'bill_overpaid' })
    expect((await fixture.row(id)).amount_reserved).toBe(10000n)
  })

  test('50 parts at once never hold more than is due', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await billInParts(caller)
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => reserve(caller, item(id, 300n))),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(33)
    expect((await fixture.row(id)).amount_reserved).toBe(9900n)
  })

  test('a payment that had to wait sees what the one before it did', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    let second: Promise<unknown> = Promise.resolve()
    await fixture.db.database.transaction(async (tx) => {
      await fixture.bills.reserve(tx, caller, [item(id, 10000n)])
      second = reserve(caller, item(id, 10000n))
      second.catch(() => {})
      await untilSomebodyWaits()
    })
    await expect(second).rejects.toMatchObject({ code: 'bill_overpaid' })
    expect((await fixture.row(id)).amount_reserved).toBe(10000n)
  })

  test('a payment that had to wait gets what the one before it gave free', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    await reserve(caller, item(id, 10000n))
    let second: Promise<unknown> = Promise.resolve()
    await fixture.db.database.transaction(async (tx) => {
      await fixture.bills.release(tx, caller, [item(id, 10000n)])
      second = reserve(caller, item(id, 10000n))
      await untilSomebodyWaits()
    })
    await second
    expect((await fixture.row(id)).amount_reserved).toBe(10000n)
  })

  test('a payment that had to wait may take again what was refunded meanwhile', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await billInParts(caller)
    await reserve(caller, item(id, 6000n))
    await settle(caller, item(id, 6000n))
    let second: Promise<unknown> = Promise.resolve()
    await fixture.db.database.transaction(async (tx) => {
      await fixture.bills.refund(tx, caller, [item(id, 6000n)], TEST_API_VERSION)
      second = reserve(caller, item(id, 10000n))
      await untilSomebodyWaits()
    })
    await second
    expect((await fixture.row(id)).amount_reserved).toBe(10000n)
  })

  test('payments that name the same bills in opposite orders do not wait for each other', async () => {
    const { caller } = await fixture.tenant()
    const first = item((await billInParts(caller)).id, 100n)
    const second = item((await billInParts(caller)).id, 100n)
    await Promise.all(
      Array.from({ length: 40 }, (_, turn) =>
        turn % 2 === 0 ? reserve(caller, first, second) : reserve(caller, second, first),
      ),
    )
    expect((await fixture.row(first.bill_id)).amount_reserved).toBe(4000n)
    expect((await fixture.row(second.bill_id)).amount_reserved).toBe(4000n)
  })

  test('decides as the rules say, for any bill', async () => {
    const { caller } = await fixture.tenant()
    const { id, fee_item } = await billInParts(caller)
    // Small numbers and mostly payable bills, so that the edges are met often.
    const amount = fc.bigInt({ min: 0n, max: 6n })
    const payable = fc.constantFrom('open', 'partially_paid')
    const notOver = fc.constantFrom(null, new Date(LATER))
    const cases = fc.record({
      status: fc.oneof({ weight: 9, arbitrary: payable }, fc.constantFrom(...BILL_STATUSES)),
      expires_at: fc.oneof({ weight: 9, arbitrary: notOver }, fc.constant(NOW)),
      amount: fc.bigInt({ min: 1n, max: 6n }),
      amount_paid: amount,
      amount_refunded: amount,
      amount_reserved: amount,
      allowed: fc.boolean(),
      minimum: fc.bigInt({ min: 0n, max: 4n }),
      wanted: fc.bigInt({ min: 1n, max: 7n }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { amount_paid, amount_refunded, amount_reserved } = given
        fc.pre(amount_refunded <= amount_paid)
        fc.pre(amount_paid - amount_refunded + amount_reserved <= given.amount)
        await fixture.db.database.query(
          `update bills set status = $2, expires_at = $3, amount = $4, amount_paid = $5,
                            amount_refunded = $6, amount_reserved = $7 where id = $1`,
          [
            id,
            given.status,
            given.expires_at,
            given.amount,
            amount_paid,
            amount_refunded,
            amount_reserved,
          ],
        )
        await fixture.db.database.query(
          `update fee_items set partial_payment_allowed = $2, partial_payment_minimum = $3
            where id = $1`,
          [fee_item, given.allowed, given.minimum],
        )
        const rules = {
          partial_payment_allowed: given.allowed,
          partial_payment_minimum: given.minimum,
        }
        const refusal = refusalToCollect({ id, ...given }, rules, given.wanted, NOW)
        const outcome = await reserve(caller, item(id, given.wanted)).then(
          () => null,
          (error: { code?: string }) => error.code,
        )
        expect(outcome).toBe(refusal?.code ?? null)
        const held = outcome === null ? amount_reserved + given.wanted : amount_reserved
        expect((await fixture.row(id)).amount_reserved).toBe(held)
      }),
      { numRuns: 150 },
    )
  })
})

describe('release', () => {
  test('frees what was held, so that it can be held again', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    await reserve(caller, item(id, 10000n))
    await release(caller, item(id, 10000n))
    expect((await fixture.row(id)).amount_reserved).toBe(0n)
    await reserve(caller, item(id, 10000n))
  })

  test('fails loudly on what was never held, and frees nothing', async () => {
    const { caller } = await fixture.tenant()
    const first = await fixture.bill(caller)
    const second = await fixture.bill(caller)
    await reserve(caller, item(first.id, 10000n))
    const releasing = release(caller, item(first.id, 10000n), item(second.id, 1n))
    await expect(releasing).rejects.toThrow(/not all held/)
    expect((await fixture.row(first.id)).amount_reserved).toBe(10000n)
  })
})

describe('settle', () => {
  test('pays a bill in parts, then in full, and tells each', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await billInParts(caller)
    await reserve(caller, item(id, 4000n))
    await settle(caller, item(id, 4000n))
    expect(await fixture.bills.get(caller, id)).toMatchObject({
      status: 'partially_paid',
      amount_paid: 4000,
      amount_due: 6000,
    })
    await reserve(caller, item(id, 6000n))
    await settle(caller, item(id, 6000n))
    const paid = await fixture.bills.get(caller, id)
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 10000, amount_due: 0 })
    expect((await fixture.row(id)).amount_reserved).toBe(0n)
    const events = await fixture.eventsOf(id)
    expect(events.map((event) => event.type)).toEqual([
      'bill.created',
      'bill.partially_paid',
      'bill.paid',
    ])
    expect(events[2]).toEqual({ type: 'bill.paid', object: paid, api_version: TEST_API_VERSION })
  })

  test('settles what was held although the time has passed meanwhile', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller, { expires_at: LATER })
    await reserve(caller, item(id, 10000n))
    await fixture.db.database.query('update bills set expires_at = $2 where id = $1', [id, NOW])
    await settle(caller, item(id, 10000n))
    expect((await fixture.row(id)).status).toBe('paid')
  })

  test('settles parts of one bill at once without losing any', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await billInParts(caller)
    const parts = Array.from({ length: 20 }, () => item(id, 500n))
    for (const part of parts) await reserve(caller, part)
    await Promise.all(parts.map((part) => settle(caller, part)))
    expect(await fixture.row(id)).toMatchObject({
      status: 'paid',
      amount_paid: 10000n,
      amount_reserved: 0n,
    })
    const types = (await fixture.eventsOf(id)).map((event) => event.type)
    expect(types.filter((type) => type === 'bill.paid')).toHaveLength(1)
    expect(types.filter((type) => type === 'bill.partially_paid')).toHaveLength(19)
  })

  test('settles what had to wait for another settlement, release or refund of the bill', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await billInParts(caller)
    await reserve(caller, item(id, 1000n))
    await settle(caller, item(id, 1000n))
    const parts = [item(id, 2000n), item(id, 3000n), item(id, 4000n)] as const
    for (const part of parts) await reserve(caller, part)
    const [settled, released, last] = parts
    let waiting: Promise<unknown> = Promise.resolve()
    await fixture.db.database.transaction(async (tx) => {
      await fixture.bills.settle(tx, caller, [settled], TEST_API_VERSION)
      await fixture.bills.release(tx, caller, [released])
      await fixture.bills.refund(tx, caller, [item(id, 1000n)], TEST_API_VERSION)
      waiting = settle(caller, last)
      await untilSomebodyWaits()
    })
    await waiting
    expect(await fixture.row(id)).toMatchObject({
      status: 'partially_paid',
      amount_paid: 7000n,
      amount_refunded: 1000n,
      amount_reserved: 0n,
    })
  })

  test('the last part pays the bill also when it had to wait for the one before', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await billInParts(caller)
    await reserve(caller, item(id, 4000n))
    await reserve(caller, item(id, 6000n))
    let waiting: Promise<unknown> = Promise.resolve()
    await fixture.db.database.transaction(async (tx) => {
      await fixture.bills.settle(tx, caller, [item(id, 4000n)], TEST_API_VERSION)
      waiting = settle(caller, item(id, 6000n))
      await untilSomebodyWaits()
    })
    await waiting
    expect((await fixture.row(id)).status).toBe('paid')
    expect((await fixture.eventsOf(id)).at(-1)?.type).toBe('bill.paid')
  })

  test('fails loudly on what is not held, twice the same included', async () => {
    const { caller, otherInstitutionCaller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    await expect(settle(caller, item(id, 10000n))).rejects.toThrow(/not all held/)
    await reserve(caller, item(id, 10000n))
    await expect(settle(otherInstitutionCaller, item(id, 10000n))).rejects.toThrow(/not all held/)
    await settle(caller, item(id, 10000n))
    await expect(settle(caller, item(id, 10000n))).rejects.toThrow(/not all held/)
    expect((await fixture.row(id)).amount_paid).toBe(10000n)
  })
})

describe('refund', () => {
  test('notes what was given back; the bill stays paid and owes it again', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    await reserve(caller, item(id, 10000n))
    await settle(caller, item(id, 10000n))
    await refund(caller, item(id, 3000n))
    const bill = await fixture.bills.get(caller, id)
    expect(bill).toMatchObject({ status: 'paid', amount_refunded: 3000, amount_due: 3000 })
    expect((await fixture.eventsOf(id)).at(-1)).toMatchObject({
      type: 'bill.updated',
      object: bill,
    })
    await expect(reserve(caller, item(id, 3000n))).rejects.toMatchObject({
      code: 'bill_not_payable',
    })
  })

  test('never gives back more than was paid', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await fixture.bill(caller)
    await reserve(caller, item(id, 10000n))
    await settle(caller, item(id, 10000n))
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => refund(caller, item(id, 3000n))),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(3)
    expect((await fixture.row(id)).amount_refunded).toBe(9000n)
  })

  test('what was given back of a partially paid bill can be paid again', async () => {
    const { caller } = await fixture.tenant()
    const { id } = await billInParts(caller)
    await reserve(caller, item(id, 4000n))
    await settle(caller, item(id, 4000n))
    await refund(caller, item(id, 4000n))
    await reserve(caller, item(id, 10000n))
    await settle(caller, item(id, 10000n))
    expect(await fixture.bills.get(caller, id)).toMatchObject({
      status: 'paid',
      amount_paid: 14000,
      amount_refunded: 4000,
      amount_due: 0,
    })
  })
})
