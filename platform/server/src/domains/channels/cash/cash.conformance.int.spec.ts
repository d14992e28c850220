import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { businessDate } from '../../../kernel/clock.js'
import type { StatementLine } from '../channel.port.js'
import { type ChannelHarness, openOrder, paidOrder } from '../conformance/harness.conformance.js'
import { makeInHouseHarness } from '../conformance/in-house.conformance.js'
import { describeOrders } from '../conformance/orders.conformance.js'
import type { Capabilities } from '../conformance/provider.conformance.js'

const NO_PROVIDER = 'a counter is our own and has no provider'
const CAPABILITIES: Capabilities = {
  places_by_call: true,
  order_exists: 'when_placed',
  refused_order: 'waiting',
  closes: true,
  notifies_refunds: NO_PROVIDER,
  dates_notifications: NO_PROVIDER,
  statement_is_a_file: NO_PROVIDER,
  statement_hour: 0,
}

let harness: ChannelHarness
const get = () => harness
beforeAll(async () => {
  harness = await makeInHouseHarness('cash')
})
afterAll(() => harness.stop())

describe('channel cash', () => {
  describeOrders(get, CAPABILITIES)

  test('a refund waits until it is handed out, once, and never exceeds what was paid', async () => {
    const { channel, account } = harness
    const paid = await paidOrder(harness)
    const refund = harness.refundOf(paid, { amount: { minor: 345n, currency: 'CNY' } })
    expect(await channel.queryRefund(account, refund)).toEqual({ kind: 'not_found' })
    expect(await channel.refund(account, refund)).toEqual({ kind: 'processing' })
    expect(await channel.refund(account, refund)).toEqual({ kind: 'processing' })
    expect((await channel.refund(account, harness.refundOf(paid))).kind).toBe('failed')
    expect((await channel.refund(account, harness.refundOf(await openOrder(harness)))).kind).toBe(
      'failed',
    )
  })

  test('closes an order for good, and not one that is paid', async () => {
    const { channel, account } = harness
    const order = await openOrder(harness)
    expect(await channel.closeOrder(account, order)).toEqual({ kind: 'closed' })
    expect((await channel.placeOrder(account, order)).kind).toBe('refused')
    await expect(harness.play(order.order_no, 'pay', 'lost')).rejects.toMatchObject({
      code: 'counter_order_over',
    })
    expect(await channel.closeOrder(account, await paidOrder(harness))).toEqual({
      kind: 'already_paid',
    })
    expect(await channel.closeOrder(account, harness.order())).toEqual({ kind: 'not_found' })
  })

  test('takes no notification from anybody, and works without asking anybody', async () => {
    const { channel, account } = harness
    const raw = { headers: {}, body: Buffer.from('{}') }
    expect(() => channel.readNotification(account, raw)).toThrow('no provider')
    expect(await channel.checkAccount(account)).toEqual({ kind: 'works' })
  })

  test('the journal of a day is its statement', async () => {
    const { channel, account } = harness
    harness.advance(24 * 3_600_000)
    const day = businessDate(harness.now())
    const paid = await paidOrder(harness)
    expect((await channel.fetchStatement(account, day)).kind).toBe('not_ready')
    harness.advance(24 * 3_600_000)
    const statement = await channel.fetchStatement(account, day)
    const lines: StatementLine[] = []
    if (statement.kind === 'ready') for await (const line of statement.lines) lines.push(line)
    const { order_no, transaction_no, amount } = paid
    expect(lines).toMatchObject([{ kind: 'payment', line_no: 1, order_no, transaction_no, amount }])
  })
})
