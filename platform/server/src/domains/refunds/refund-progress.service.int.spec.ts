import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import type { ChannelRefund, RefundState } from '../channels/channel.port.js'
import { fen, makeRefundFixture, type RefundFixture, succeeded } from './refund.fixture.js'
import { CreateRefund, type Refund } from './refund.schema.js'

let at: RefundFixture
let caller: Caller
beforeAll(async () => {
  at = await makeRefundFixture()
})
afterAll(() => at.db.drop())
beforeEach(async () => {
  caller = (await at.tenant()).caller
  at.channel.sent.length = 0
  at.channel.queried.length = 0
  at.channel.onQuery = () => ({ kind: 'not_found' })
  at.ledger.failures = 0
})

const processing: RefundState = { kind: 'processing' }
const unknown: RefundState = { kind: 'unknown', reason: 'timeout' }

/** A refund of 30 of 100, to whose first call the channel answers like this. */
async function refundAnswered(
  script: (asked: ChannelRefund) => RefundState | Promise<RefundState>,
) {
  const payment = await at.payment(caller, { bills: [100n] })
  at.channel.refundScripts.push(script)
  const body = CreateRefund.parse({ payment: payment.id, out_refund_no: newId('req'), amount: 30 })
  const reply = await at.refunds.create(caller, body)
  expect(reply.status).toBe(201)
  return { payment, refund: reply.body, expected: expectedOf(payment.order_no, reply.body) }
}

const expectedOf = (order_no: string, refund: Refund) => ({
  order_no,
  refund_no: refund.id.slice('ref_'.length).toUpperCase(),
  amount: fen(30n),
})

function poll(refund: Refund): Promise<void> {
  const { institution_id, livemode } = caller
  return at.pollJob.run({ institution_id, livemode, refund_id: refund.id })
}

const statusOf = async (refund: Refund) => (await at.refundRow(refund.id)).status
const held = { amount_refunded: 0n, amount_refunding: 30n }
const given = { amount_refunded: 30n, amount_refunding: 0n }
const freed = { amount_refunded: 0n, amount_refunding: 0n }

describe('the first answer', () => {
  test.each([
    ['processing', () => processing],
    ['unknown', () => unknown],
    ['not_found', (): RefundState => ({ kind: 'not_found' })],
  ])('%s leaves the refund processing and the money held', async (_, script) => {
    const { refund, payment } = await refundAnswered(script)
    expect(refund).toMatchObject({ status: 'processing', succeeded_at: null })
    expect(await at.amountsOf(payment.id)).toEqual(held)
    expect(await at.entriesOf(refund.id)).toEqual([])
    expect(await at.eventTypes(refund.id)).toEqual(['refund.created'])
  })

  test('that refuses fails the refund with its reason and frees the money', async () => {
    const { refund, payment } = await refundAnswered(() => ({
      kind: 'failed',
      code: 'not_enough',
      message: 'the balance is too small',
    }))
    expect(refund).toMatchObject({
      status: 'failed',
      failure: { code: 'not_enough', message: 'the balance is too small' },
    })
    expect(await at.amountsOf(payment.id)).toEqual(freed)
    expect(await at.entriesOf(refund.id)).toEqual([])
    expect(await at.eventTypes(refund.id)).toEqual(['refund.created', 'refund.failed'])
    const again = { payment: payment.id, out_refund_no: newId('req') }
    expect((await at.refunds.create(caller, again)).body).toMatchObject({ amount: 100 })
  })

  test('that never comes, because the call throws, is asked for later', async () => {
    const { refund, payment } = await refundAnswered(() => Promise.reject(new Error('a bug')))
    expect(refund.status).toBe('created')
    expect(await at.amountsOf(payment.id)).toEqual(held)
  })

  test.each([
    ['amount', { amount: fen(31n) }],
    ['currency', { amount: { minor: 30n, currency: 'USD' } }],
    ['order number', { order_no: 'another' }],
    ['refund number', { refund_no: 'another' }],
  ])('about another %s is not believed', async (_, change) => {
    const { refund, payment, expected } = await refundAnswered((asked) => succeeded(asked, change))
    expect(refund).toMatchObject({ status: 'processing', succeeded_at: null })
    at.channel.onQuery = () => succeeded(expected, change)
    await poll(refund)
    expect(await statusOf(refund)).toBe('processing')
    expect(await at.amountsOf(payment.id)).toEqual(held)
    expect(await at.entriesOf(refund.id)).toEqual([])
  })
})

describe('the poll', () => {
  test('learns that a refund under way has succeeded', async () => {
    const { refund, payment, expected } = await refundAnswered(() => processing)
    at.channel.onQuery = () => processing
    await poll(refund)
    expect(await statusOf(refund)).toBe('processing')
    at.channel.onQuery = () => succeeded(expected)
    await poll(refund)
    expect(await statusOf(refund)).toBe('succeeded')
    expect(await at.amountsOf(payment.id)).toEqual(given)
    expect(await at.entriesOf(refund.id)).toHaveLength(2)
    expect(await at.eventTypes(refund.id)).toEqual(['refund.created', 'refund.succeeded'])
    expect(at.channel.sent).toHaveLength(1)
  })

  test('learns that a refund under way has failed', async () => {
    const { refund, payment } = await refundAnswered(() => unknown)
    at.channel.onQuery = () => ({ kind: 'failed', code: 'refund_closed', message: 'closed' })
    await poll(refund)
    expect(await statusOf(refund)).toBe('failed')
    expect(await at.amountsOf(payment.id)).toEqual(freed)
  })

  test('finishes what a crash in step 3 left behind, and books it once', async () => {
    at.ledger.failures = 1
    const { refund, payment, expected } = await refundAnswered((asked) => succeeded(asked))
    expect(refund.status).toBe('created')
    expect(await at.amountsOf(payment.id)).toEqual(held)
    expect(await at.eventTypes(refund.id)).toEqual(['refund.created'])
    at.channel.onQuery = () => succeeded(expected)
    await poll(refund)
    await poll(refund)
    expect(await statusOf(refund)).toBe('succeeded')
    expect(await at.amountsOf(payment.id)).toEqual(given)
    expect(await at.entriesOf(refund.id)).toHaveLength(2)
    expect(at.channel.sent).toHaveLength(1)
  })

  test('keeps its place in the queue when step 3 fails again', async () => {
    const { refund, expected } = await refundAnswered(() => processing)
    at.channel.onQuery = () => succeeded(expected)
    at.ledger.failures = 1
    await expect(poll(refund)).rejects.toThrow('died')
    expect(await at.refundRow(refund.id)).toMatchObject({ status: 'processing', query_count: 1 })
    expect(await at.jobOf(`refund-poll:${refund.id}`)).not.toBeNull()
    await poll(refund)
    expect(await statusOf(refund)).toBe('succeeded')
  })

  test('sends a refund that never reached the channel again, under the same number', async () => {
    const { refund, expected } = await refundAnswered(() => Promise.reject(new Error('crash')))
    at.clock.advance(15_000)
    await poll(refund)
    expect(await statusOf(refund)).toBe('succeeded')
    expect(at.channel.sent).toHaveLength(2)
    const { order_no, ...same } = expected
    for (const sent of at.channel.sent) expect(sent).toMatchObject({ ...same, order: { order_no } })
  })

  test('does not send again while an earlier call may be under way', async () => {
    const { refund } = await refundAnswered(() => Promise.reject(new Error('crash')))
    at.clock.advance(5_000)
    await poll(refund)
    expect(at.channel.sent).toHaveLength(1)
    expect(await statusOf(refund)).toBe('processing')
  })

  test('sends once when two polls meet', async () => {
    const { refund } = await refundAnswered(() => Promise.reject(new Error('crash')))
    at.clock.advance(15_000)
    await Promise.all([poll(refund), poll(refund), poll(refund)])
    expect(at.channel.sent).toHaveLength(2)
    expect(await at.entriesOf(refund.id)).toHaveLength(2)
  })

  test('asks 5, 10, 20, 30 and 60 seconds later, then every 5 minutes', async () => {
    const { refund } = await refundAnswered(() => processing)
    at.channel.onQuery = () => processing
    const waits: number[] = []
    for (let count = 0; count < 7; count += 1) {
      const job = await at.jobOf(`refund-poll:${refund.id}`)
      const waitMs = job?.wait_ms ?? 0
      waits.push(waitMs / 1000)
      at.clock.advance(waitMs)
      await poll(refund)
    }
    expect(waits).toEqual([5, 10, 20, 30, 60, 300, 300])
    expect((await at.refundRow(refund.id)).query_count).toBe(7)
  })

  test('leaves a refund that has ended alone', async () => {
    const { refund } = await refundAnswered((asked) => succeeded(asked))
    await poll(refund)
    expect(at.channel.queried).toEqual([])
    expect((await at.refundRow(refund.id)).query_count).toBe(0)
  })

  test('gives up after 30 days, and leaves the refund as it is', async () => {
    const { refund } = await refundAnswered(() => processing)
    at.clock.advance(30 * 24 * 60 * 60_000 + 1)
    await poll(refund)
    expect(at.channel.queried).toEqual([])
    expect(await statusOf(refund)).toBe('processing')
  })

  test('ignores a refund that is not there, and refuses a payload that is none', async () => {
    const { institution_id, livemode } = caller
    await at.pollJob.run({ institution_id, livemode, refund_id: newId('ref') })
    await expect(at.pollJob.run({ refund_id: newId('ref') })).rejects.toThrow()
  })
})

describe('answers that meet', () => {
  test('book once, however many confirm at once', async () => {
    const { refund, payment, expected } = await refundAnswered(() => processing)
    at.channel.onQuery = () => succeeded(expected)
    await Promise.all(Array.from({ length: 20 }, () => poll(refund)))
    expect(await at.amountsOf(payment.id)).toEqual(given)
    expect(await at.entriesOf(refund.id)).toHaveLength(2)
    expect(await at.eventTypes(refund.id)).toEqual(['refund.created', 'refund.succeeded'])
  })

  test('may overtake the first call, whose answer then changes nothing', async () => {
    const { refund, payment } = await refundAnswered(async (asked) => {
      const notification = { kind: 'refund', refund_no: asked.refund_no } as const
      const account = asked.notify_url.split('/').at(-2) ?? ''
      const raw = at.channel.toNotification({ ...notification, state: succeeded(asked) })
      expect(await at.notify.receive('wechatpay', account, raw)).toMatchObject({ status: 204 })
      return { kind: 'failed', code: 'late', message: 'too late to refuse' }
    })
    expect(refund).toMatchObject({ status: 'succeeded', failure: null })
    expect(await at.amountsOf(payment.id)).toEqual(given)
    expect(await at.eventTypes(refund.id)).toEqual(['refund.created', 'refund.succeeded'])
  })
})
