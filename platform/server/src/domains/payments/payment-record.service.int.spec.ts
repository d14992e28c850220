import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { checkBooks } from '../../processes/books/books-check.js'
import type { OrderState } from '../channels/channel.port.js'
import { makePaymentFixture, type PaymentFixture, paid } from './payment.fixture.js'
import type { PaymentAttempt } from './payment.types.js'

let f: PaymentFixture
let caller: Caller

beforeAll(async () => {
  f = await makePaymentFixture()
})
beforeEach(async () => {
  caller = (await f.tenant()).caller
})
afterAll(async () => {
  const { invariants } = await checkBooks(f.database)
  await f.db.drop()
  expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
})

async function placed(changes: object = {}) {
  const { id } = await f.pending(caller, changes)
  const attempt = await f.attemptOf(id)
  const account = await f.accounts.get('', false, attempt.channel_account_id)
  return { id, attempt, account }
}

const notify = (
  attempt: PaymentAttempt,
  state: OrderState,
  accountId = attempt.channel_account_id,
) =>
  f.notify.receive('wechatpay', accountId, {
    headers: {},
    body: f.channel.sign(attempt.channel_order_no, state),
  })

describe('paid', () => {
  test('is booked once, with state, ledger and event, under 20 concurrent notifications and queries', async () => {
    const { id, attempt } = await placed()
    f.channel.onQuery = () => paid(attempt)
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0 ? notify(attempt, paid(attempt)) : f.attempts.ask(attempt),
      ),
    )
    expect(await f.paymentRow(id)).toMatchObject({
      status: 'succeeded',
      succeeded_at: paid(attempt).paid_at,
      next_action: null,
    })
    expect(await f.entriesOf(id)).toEqual([
      `debit channel_clearing:${attempt.channel_account_id} 12800`,
      `credit department_payable:${caller.department_id} 12800`,
    ])
    expect(await f.eventTypes(id)).toEqual([
      'payment.created',
      'payment.pending',
      'payment.succeeded',
    ])
    expect(await f.lateOf(id)).toEqual([])
  })

  test("falls on the business day of the institution's own time zone", async () => {
    await f.database.query(`update institutions set timezone = 'Asia/Urumqi' where id = $1`, [
      caller.institution_id,
    ])
    const { id, attempt } = await placed()
    // Midnight in Shanghai has passed, in Urumqi it has not.
    await notify(attempt, paid(attempt, { paid_at: new Date('2026-12-01T16:30:00Z') }))
    expect((await f.businessDateOf(id)).date).toBe('2026-12-01')
  })

  const lies: [string, Parameters<typeof paid>[1]][] = [
    ['amount', { amount: { minor: 12_799n, currency: 'CNY' } }],
    ['currency', { amount: { minor: 12_800n, currency: 'USD' } }],
    ['merchant', { merchant_id: '1901' }],
    ['order', { order_no: 'X' }],
  ]
  test.each(lies)('is never believed with another %s', async (_, changes) => {
    const { id, attempt } = await placed()
    expect(await notify(attempt, paid(attempt, changes))).toMatchObject({ status: 400 })
    f.channel.onQuery = () => paid(attempt, changes)
    await f.attempts.ask(attempt)
    expect(await f.paymentRow(id)).toMatchObject({ status: 'pending' })
    expect(await f.entriesOf(id)).toEqual([])
  })

  test('of a second transaction of one order is not believed', async () => {
    const { id, attempt } = await placed()
    await notify(attempt, paid(attempt))
    expect(await notify(attempt, paid(attempt, { transaction_no: '43' }))).toMatchObject({
      status: 400,
    })
    expect(await f.entriesOf(id)).toHaveLength(2)
    expect(await notify(attempt, paid(attempt))).toMatchObject({ status: 204 })
  })
})

describe('a late success', () => {
  const ends: [string, OrderState][] = [
    ['closed', { kind: 'closed' }],
    ['failed', { kind: 'failed', code: 'pay_error', message: 'no' }],
  ]
  test.each(ends)('after %s goes to suspense once, and back to the payer', async (status, end) => {
    const { id, attempt } = await placed()
    await notify(attempt, end)
    expect(await f.paymentRow(id)).toMatchObject({ status })
    await Promise.all([notify(attempt, paid(attempt)), notify(attempt, paid(attempt))])
    const [late, ...more] = await f.lateOf(id)
    expect([late?.kind, late?.amount, more]).toEqual(['late', 12_800n, []])
    expect(await f.paymentRow(id)).toMatchObject({ status, succeeded_at: null })
    expect(await f.entriesOf(late?.id ?? '')).toEqual([
      `debit channel_clearing:${attempt.channel_account_id} 12800`,
      'credit suspense 12800',
    ])
    expect(await f.eventTypes(id)).toEqual([
      'payment.created',
      'payment.pending',
      `payment.${status}`,
      'payment.late_success',
    ])
    expect(await f.jobOf(`late-success-refund:${late?.id}`)).not.toBeNull()
  })

  test('of a second order of a paid payment is a duplicate', async () => {
    const { id, attempt, account } = await placed()
    await notify(attempt, paid(attempt))
    const second = f.attempts.draft(await f.paymentRow(id), account, 'native')
    await f.database.transaction((tx) => f.attempts.intend(tx, second))
    await notify(second, paid(second))
    expect(await f.lateOf(id)).toMatchObject([{ kind: 'duplicate', amount: 12_800n }])
    expect(await f.entriesOf(id)).toHaveLength(2)
  })
})

describe('the end of an order', () => {
  test('races with its success: one of them wins, and no fen is lost', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, attempt } = await placed()
      await Promise.all([f.record.closed(attempt), notify(attempt, paid(attempt))])
      const { status } = await f.paymentRow(id)
      const booked = status === 'succeeded' ? id : (await f.lateOf(id))[0]?.id
      expect(await f.entriesOf(booked ?? '')).toHaveLength(2)
    }
  })

  test('comes once and is not undone by older news', async () => {
    const { id, attempt } = await placed()
    await f.record.closed(attempt)
    await f.record.placed(attempt, { type: 'show_qr', code_url: 'weixin://old' })
    await f.record.inDoubt(attempt)
    await f.record.refused(attempt, 'x', 'y')
    expect(await f.paymentRow(id)).toMatchObject({ status: 'closed', next_action: null })
  })
})

describe('a notification', () => {
  test('that nobody signed is refused', async () => {
    const { attempt } = await placed()
    const answer = await f.notify.receive('wechatpay', attempt.channel_account_id, {
      headers: {},
      body: Buffer.from('forged'),
    })
    expect(answer.status).toBe(400)
  })

  test('for another account, no account, or no order of ours is refused', async () => {
    const { id, attempt } = await placed()
    const other = (await f.tenant()).caller
    const foreign = await f.accounts.active(other.institution_id, false)
    expect((await notify(attempt, paid(attempt), foreign.id)).status).toBe(400)
    expect((await notify(attempt, paid(attempt), 'cha_\u0000')).status).toBe(400)
    const unknown = { ...attempt, channel_order_no: 'NOBODY' }
    expect((await notify(unknown, paid(unknown))).status).toBe(400)
    expect(await f.paymentRow(id)).toMatchObject({ status: 'pending' })
  })
})
