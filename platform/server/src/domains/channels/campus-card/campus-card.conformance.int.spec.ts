import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { businessDate } from '../../../kernel/clock.js'
import type { StatementLine } from '../channel.port.js'
import { type ChannelHarness, openOrder, paidOrder } from '../conformance/harness.conformance.js'
import { makeInHouseHarness } from '../conformance/in-house.conformance.js'
import { describeOrders } from '../conformance/orders.conformance.js'
import type { Capabilities } from '../conformance/provider.conformance.js'
import { describeRefunds } from '../conformance/refunds.conformance.js'

const NO_PROVIDER = 'the campus card is our own and has no provider'
const CAPABILITIES: Capabilities = {
  places_by_call: true,
  order_exists: 'when_placed',
  refused_order: 'failed',
  closes: true,
  notifies_refunds: NO_PROVIDER,
  dates_notifications: NO_PROVIDER,
  statement_is_a_file: NO_PROVIDER,
  statement_hour: 0,
}

let harness: ChannelHarness
const get = () => harness
beforeAll(async () => {
  harness = await makeInHouseHarness('campus_card')
})
afterAll(() => harness.stop())

describe('channel campus_card', () => {
  describeOrders(get, CAPABILITIES)
  describeRefunds(get)

  test('closes an order for good: neither the number nor the PIN opens it again', async () => {
    const order = await openOrder(harness)
    const { channel, account } = harness
    expect(await channel.closeOrder(account, order)).toEqual({ kind: 'closed' })
    expect(await channel.closeOrder(account, order)).toEqual({ kind: 'closed' })
    expect((await channel.placeOrder(account, order)).kind).toBe('refused')
    await expect(harness.play(order.order_no, 'pay', 'lost')).rejects.toMatchObject({
      code: 'wallet_order_over',
    })
    expect(await channel.queryOrder(account, order)).toEqual({ kind: 'closed' })
  })

  test('does not close what is paid, and knows nothing of what is not there', async () => {
    const { channel, account } = harness
    const paid = await paidOrder(harness)
    expect(await channel.closeOrder(account, paid)).toEqual({ kind: 'already_paid' })
    expect(await channel.closeOrder(account, harness.order())).toEqual({ kind: 'not_found' })
  })

  test('takes no notification from anybody, and works without asking anybody', async () => {
    const { channel, account } = harness
    const raw = { headers: {}, body: Buffer.from('{}') }
    expect(() => channel.readNotification(account, raw)).toThrow('no provider')
    expect(await channel.checkAccount(account)).toEqual({ kind: 'works' })
  })

  test('tells in the statement of a day what was charged and given back on it', async () => {
    const { channel, account } = harness
    harness.advance(24 * 3_600_000)
    const day = businessDate(harness.now())
    const paid = await paidOrder(harness)
    const refund = harness.refundOf(paid, { amount: { minor: 345n, currency: 'CNY' } })
    await channel.refund(account, refund)
    expect((await channel.fetchStatement(account, day)).kind).toBe('not_ready')
    harness.advance(24 * 3_600_000)
    const statement = await channel.fetchStatement(account, day)
    const lines: StatementLine[] = []
    if (statement.kind === 'ready') for await (const line of statement.lines) lines.push(line)
    const { order_no, transaction_no, amount } = paid
    expect(lines).toMatchObject([
      { kind: 'payment', line_no: 1, order_no, transaction_no, amount, fee: 0n },
      {
        kind: 'refund',
        line_no: 2,
        order_no,
        refund_no: refund.refund_no,
        amount: { minor: 345n },
      },
    ])
    const tomorrow = businessDate(harness.now())
    harness.advance(24 * 3_600_000)
    expect(await channel.fetchStatement(account, tomorrow)).toEqual({ kind: 'empty' })
  })
})
