import { describe, expect, test } from '@jest/globals'
import {
  eventually,
  type GetHarness,
  OUTAGES,
  openOrder,
  paidOrder,
  testIf,
} from './harness.conformance.js'
import type { Capabilities } from './provider.conformance.js'

export function describeOutages(get: GetHarness, capabilities: Capabilities): void {
  const { places_by_call, order_exists } = capabilities
  describe.each(OUTAGES)('behind the outage %s', (outage) => {
    const unknown = { kind: 'unknown', reason: expect.stringMatching(/./) }

    testIf(places_by_call, 'an order is neither taken nor refused', async () => {
      const account = get().behind(outage)
      expect(await get().channel.placeOrder(account, get().order())).toEqual(unknown)
    })

    test('no answer is taken for a yes or a no', async () => {
      const account = get().behind(outage)
      const { channel } = get()
      const paid = await paidOrder(get())
      const waiting = await openOrder(get())
      const answers = [
        await channel.queryOrder(account, paid),
        await channel.queryOrder(account, get().order()),
        await channel.closeOrder(account, waiting),
        await channel.closeOrder(account, paid),
        await channel.refund(account, get().refundOf(paid)),
        await channel.refund(account, get().refundOf(get().order())),
        await channel.queryRefund(account, get().refundOf(paid)),
      ]
      expect(answers).toEqual(answers.map(() => unknown))
    })
  })

  describe('when only the answer was lost', () => {
    testIf(places_by_call, 'a query finds the order, and placing it again works', async () => {
      const order = get().order()
      const { channel, account } = get()
      const placing = await channel.placeOrder(get().behind('answer_lost'), order)
      expect(placing.kind).toBe('unknown')
      const expected = order_exists === 'when_placed' ? 'waiting' : 'not_found'
      expect((await channel.queryOrder(account, order)).kind).toBe(expected)
      expect((await channel.placeOrder(account, order)).kind).toBe('placed')
    })

    test('a query finds the refund', async () => {
      const { channel, account } = get()
      const refund = get().refundOf(await paidOrder(get()))
      expect((await channel.refund(get().behind('answer_lost'), refund)).kind).toBe('unknown')
      const state = await eventually(
        () => channel.queryRefund(account, refund),
        (found) => found.kind !== 'processing',
      )
      expect(state).toMatchObject({ kind: 'succeeded', amount: refund.amount })
    })
  })
}
