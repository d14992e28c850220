import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import {
  fen,
  makeRefundFixture,
  orderRefOf,
  type RefundFixture,
  succeeded,
} from './refund.fixture.js'

let at: RefundFixture
let caller: Caller
beforeAll(async () => {
  at = await makeRefundFixture()
})
afterAll(() => at.db.drop())
beforeEach(async () => {
  caller = (await at.tenant()).caller
  at.channel.sent.length = 0
  at.channel.onQuery = () => ({ kind: 'not_found' })
  at.ledger.failures = 0
})

/** 100 that arrived after the payment was closed, as payments leave it. */
async function lateMoney() {
  const { institution_id, livemode } = caller
  const payment = await at.payment(caller, { amount: 100n, status: 'closed' })
  const id = newId('late')
  const channel_refund_no = id.slice('late_'.length).toUpperCase()
  const created_at = at.clock.now()
  await at.database.prisma.late_success.create({
    data: {
      institution_id,
      livemode,
      id,
      payment_id: payment.id,
      attempt_id: payment.attempt_id,
      kind: 'late',
      currency: 'CNY',
      amount: 100n,
      channel_transaction_no: 'T1',
      channel_refund_no,
      status: 'posted',
      created_at,
      updated_at: created_at,
    },
  })
  const expected = {
    order_no: payment.order_no,
    refund_no: channel_refund_no,
    amount: fen(100n),
  }
  return { id, payment, expected }
}

function run(id: string, count?: number): Promise<void> {
  const { institution_id, livemode } = caller
  const counted = count === undefined ? {} : { query_count: count }
  return at.lateJob.run({ institution_id, livemode, late_success_id: id, ...counted })
}

async function statusOf(id: string): Promise<string | undefined> {
  const text = 'select status from late_successes where id = $1'
  return (await at.database.query<{ status: string }>(text, [id]))[0]?.status
}

const bookedFor = (accountId: string) => [
  'late_success_refund: debit suspense 100',
  `late_success_refund: credit channel_clearing:${accountId} 100`,
]

describe('late money', () => {
  test('goes back whole, and leaves suspense', async () => {
    const { id, payment, expected } = await lateMoney()
    await run(id)
    expect(at.channel.sent).toEqual([
      {
        order: orderRefOf(payment, fen(100n)),
        refund_no: expected.refund_no,
        amount: expected.amount,
        requested_at: expect.any(Date),
        reason: expect.any(String),
        notify_url: `https://pay.example.edu/notify/wechatpay/${payment.account_id}/refunds`,
      },
    ])
    expect(await statusOf(id)).toBe('refunded')
    expect(await at.entriesOf(id)).toEqual(bookedFor(payment.account_id))
  })

  test('goes back once, however often and however many at once try', async () => {
    const { id, payment } = await lateMoney()
    await Promise.all([run(id), run(id), run(id)])
    await run(id)
    expect(await at.entriesOf(id)).toEqual(bookedFor(payment.account_id))
    expect(new Set(at.channel.sent.map(({ refund_no }) => refund_no)).size).toBe(1)
  })

  test('is not sent again once the channel knows of it', async () => {
    const { id, expected } = await lateMoney()
    at.channel.refundScripts.push(() => ({ kind: 'processing' }))
    await run(id)
    expect(await statusOf(id)).toBe('posted')
    at.channel.onQuery = () => succeeded(expected)
    await run(id, 1)
    expect(at.channel.sent).toHaveLength(1)
    expect(await statusOf(id)).toBe('refunded')
  })

  test('may be confirmed by a notification', async () => {
    const { id, payment, expected } = await lateMoney()
    at.channel.refundScripts.push(() => ({ kind: 'unknown', reason: 'timeout' }))
    await run(id)
    const state = succeeded(expected)
    const refund_no = expected.refund_no
    const raw = at.channel.toNotification({ kind: 'refund', refund_no, state })
    const answer = await at.notify.receive('wechatpay', payment.account_id, raw)
    expect(answer.status).toBe(204)
    expect(await statusOf(id)).toBe('refunded')
    expect(await at.entriesOf(id)).toEqual(bookedFor(payment.account_id))
  })

  test('stays in suspense and in the queue until a confirmation about exactly it', async () => {
    const { id } = await lateMoney()
    const doubts = [
      () => Promise.reject(new Error('a bug')),
      () => ({ kind: 'failed', code: 'not_enough', message: 'no' }) as const,
      (asked: Parameters<typeof succeeded>[0]) => succeeded(asked, { amount: fen(99n) }),
    ]
    for (const [count, doubt] of doubts.entries()) {
      at.channel.refundScripts.push(doubt)
      await run(id, count).catch(() => {})
      expect(await statusOf(id)).toBe('posted')
      expect(await at.entriesOf(id)).toEqual([])
      const job = await at.jobOf(`late-success-refund:${id}`)
      expect(job?.payload).toMatchObject({ late_success_id: id, query_count: count + 1 })
    }
    await run(id, 3)
    expect(await statusOf(id)).toBe('refunded')
  })

  test('is whole again after a crash in step 3', async () => {
    const { id, payment, expected } = await lateMoney()
    at.ledger.failures = 1
    await expect(run(id)).rejects.toThrow('died')
    expect(await statusOf(id)).toBe('posted')
    at.channel.onQuery = () => succeeded(expected)
    await run(id, 1)
    expect(at.channel.sent).toHaveLength(1)
    expect(await at.entriesOf(id)).toEqual(bookedFor(payment.account_id))
  })

  test('waits longer from try to try, and for a person after 30 days', async () => {
    const { id } = await lateMoney()
    at.channel.onQuery = () => ({ kind: 'processing' })
    await run(id, 7)
    const waitMs = 5 * 60_000
    const job = await at.jobOf(`late-success-refund:${id}`)
    expect(job?.wait_ms).toBe(waitMs)
    at.clock.advance(30 * 24 * 60 * 60_000 + 1)
    at.channel.onQuery = () => Promise.reject(new Error('nobody may be asked'))
    await run(id, 8)
    expect(await statusOf(id)).toBe('posted')
  })
})
