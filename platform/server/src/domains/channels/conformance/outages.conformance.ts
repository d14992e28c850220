import { describe, expect, test } from '@jest/globals'
import { eventually, type GetHarness, OUTAGES, paidOrder } from './harness.conformance.js'

export function describeOutages(get: GetHarness): void {
  describe.each(OUTAGES)('behind the outage %s', (outage) => {
    test('no answer is taken for a yes or a no', async () => {
      const account = get().behind(outage)
      const { channel } = get()
      const paid = await paidOrder(get())
      const waiting = get().order()
      await channel.placeOrder(get().account, waiting)
      const answers = [
        await channel.placeOrder(account, get().order()),
        await channel.queryOrder(account, paid.order_no),
        await channel.queryOrder(account, get().order().order_no),
        await channel.closeOrder(account, waiting.order_no),
        await channel.closeOrder(account, paid.order_no),
        await channel.refund(account, get().refundOf(paid)),
        await channel.refund(account, get().refundOf(get().order())),
        await channel.queryRefund(account, get().refundOf(paid).refund_no),
      ]
      const unknown = { kind: 'unknown', reason: expect.stringMatching(/./) }
      expect(answers).toEqual(answers.map(() => unknown))
    })
  })

  describe('when only the answer was lost', () => {
    test('a query finds the order, and placing it again finds its code', async () => {
      const order = get().order()
      const { channel, account } = get()
      const placing = await channel.placeOrder(get().behind('answer_lost'), order)
      expect(placing.kind).toBe('unknown')
      expect(await channel.queryOrder(account, order.order_no)).toEqual({ kind: 'waiting' })
      expect((await channel.placeOrder(account, order)).kind).toBe('placed')
    })

    test('a query finds the refund', async () => {
      const { channel, account } = get()
      const refund = get().refundOf(await paidOrder(get()))
      expect((await channel.refund(get().behind('answer_lost'), refund)).kind).toBe('unknown')
      const state = await eventually(
        () => channel.queryRefund(account, refund.refund_no),
        (found) => found.kind !== 'processing',
      )
      expect(state).toMatchObject({ kind: 'succeeded', amount: refund.amount })
    })
  })
}
