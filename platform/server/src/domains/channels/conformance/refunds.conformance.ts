import { describe, expect, test } from '@jest/globals'
import { type Money, money } from '../../../kernel/money.js'
import type { ChannelRefund, RefundState } from '../channel.port.js'
import {
  eventually,
  type GetHarness,
  openOrder,
  type PaidOrder,
  paidOrder,
} from './harness.conformance.js'

const yuan = (minor: bigint): Money => money(minor, 'CNY')

export function describeRefunds(get: GetHarness): void {
  const send = (refund: ChannelRefund) => get().channel.refund(get().account, refund)
  const query = (refund: ChannelRefund) => get().channel.queryRefund(get().account, refund)

  const ended = (refund: ChannelRefund): Promise<RefundState> =>
    eventually(
      () => query(refund),
      (state) => state.kind !== 'processing',
    )
  const accepted = async (order: PaidOrder, minor: bigint) => {
    const refund = get().refundOf(order, { amount: yuan(minor) })
    expect(['processing', 'succeeded']).toContain((await send(refund)).kind)
    return refund
  }

  describe('a refund', () => {
    test('of everything arrives to the fen', async () => {
      const order = await paidOrder(get(), { amount: yuan(12_345n) })
      const refund = await accepted(order, 12_345n)
      expect(await ended(refund)).toEqual({
        kind: 'succeeded',
        refund_no: refund.refund_no,
        order_no: order.order_no,
        amount: yuan(12_345n),
        succeeded_at: expect.any(Date),
      })
    })

    test('of a part leaves the rest to be refunded, and not a fen more', async () => {
      const order = await paidOrder(get(), { amount: yuan(100n) })
      const first = await accepted(order, 33n)
      const second = await accepted(order, 67n)
      expect(await ended(first)).toMatchObject({ kind: 'succeeded', amount: yuan(33n) })
      expect(await ended(second)).toMatchObject({ kind: 'succeeded', amount: yuan(67n) })
      expect((await send(get().refundOf(order, { amount: yuan(1n) }))).kind).toBe('failed')
    })

    test('sent again under its number gives the money once', async () => {
      const order = await paidOrder(get(), { amount: yuan(100n) })
      const refund = await accepted(order, 60n)
      expect(['processing', 'succeeded']).toContain((await send(refund)).kind)
      await ended(refund)
      expect(await send(refund)).toMatchObject({ kind: 'succeeded', amount: yuan(60n) })
      const rest = await accepted(order, 40n)
      expect((await ended(rest)).kind).toBe('succeeded')
    })

    test('sent again with another amount changes nothing', async () => {
      const order = await paidOrder(get(), { amount: yuan(100n) })
      const refund = await accepted(order, 10n)
      const other = await send({ ...refund, amount: yuan(20n) })
      expect(['failed', 'unknown']).toContain(other.kind)
      expect(await ended(refund)).toMatchObject({ kind: 'succeeded', amount: yuan(10n) })
    })

    test('of more than was paid fails', async () => {
      const order = await paidOrder(get(), { amount: yuan(100n) })
      const refund = get().refundOf(order, { amount: yuan(101n) })
      expect(await send(refund)).toMatchObject({
        kind: 'failed',
        code: expect.stringMatching(/^[a-z0-9_.]+$/),
      })
      expect(await query(refund)).toEqual({ kind: 'not_found' })
    })

    test('of an order that nobody paid fails', async () => {
      const order = await openOrder(get())
      expect((await send(get().refundOf(order))).kind).toBe('failed')
    })

    test('of an order that does not exist fails', async () => {
      expect((await send(get().refundOf(get().order()))).kind).toBe('failed')
    })

    test('is not found before it is sent', async () => {
      expect(await query(get().refundOf(get().order()))).toEqual({ kind: 'not_found' })
    })

    test('does not make its order look unpaid', async () => {
      const order = await paidOrder(get())
      await ended(await accepted(order, order.amount.minor))
      expect(await get().channel.queryOrder(get().account, order)).toMatchObject({
        kind: 'paid',
        amount: order.amount,
      })
    })
  })
}
