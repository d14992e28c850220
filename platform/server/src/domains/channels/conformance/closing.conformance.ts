import { describe, expect, test } from '@jest/globals'
import type { ChannelOrder } from '../channel.port.js'
import { eventually, type GetHarness, openOrder, paidOrder, testIf } from './harness.conformance.js'
import type { Capabilities } from './provider.conformance.js'

/** What is past the time of an order for everybody, whatever tolerance a provider has. */
const WELL_AFTER_MS = 5 * 60_000

export function describeClosing(get: GetHarness, { closes, places_by_call }: Capabilities): void {
  const place = (order: ChannelOrder) => get().channel.placeOrder(get().account, order)
  const query = (order: ChannelOrder) => get().channel.queryOrder(get().account, order)
  const close = (order: ChannelOrder) => get().channel.closeOrder(get().account, order)
  const pay = (order: ChannelOrder) => get().play(order.order_no, 'pay', 'lost')

  describe('closing', () => {
    testIf(closes, 'ends an order, and once more says the same', async () => {
      const order = await openOrder(get())
      expect(await close(order)).toEqual({ kind: 'closed' })
      expect(await query(order)).toEqual({ kind: 'closed' })
      expect(await close(order)).toEqual({ kind: 'closed' })
    })

    if (closes !== true) {
      test('an order that can still be paid is not called closed', async () => {
        const order = await openOrder(get())
        expect((await close(order)).kind).toBe('unknown')
        await pay(order)
        expect((await query(order)).kind).toBe('paid')
      })
    }

    test('does not end an order that was paid', async () => {
      const order = await paidOrder(get())
      expect(await close(order)).toEqual({ kind: 'already_paid' })
      expect((await query(order)).kind).toBe('paid')
    })

    testIf(closes, 'ends an order whose payer walked away', async () => {
      const order = await openOrder(get())
      await get().play(order.order_no, 'abandon', 'lost')
      expect(await close(order)).toEqual({ kind: 'closed' })
    })

    test('does not call closed what is not there, for it may be on its way', async () => {
      expect(['unknown', 'not_found']).toContain((await close(get().order())).kind)
    })

    const closesAndCalls = closes === true ? places_by_call : closes
    testIf(closesAndCalls, 'keeps the number from being used again', async () => {
      const order = await openOrder(get())
      await close(order)
      expect((await place(order)).kind).toBe('refused')
    })

    testIf(closes, 'does not stop money that was already on its way', async () => {
      const order = await openOrder(get())
      await close(order)
      await pay(order)
      expect(await query(order)).toMatchObject({ kind: 'paid', amount: order.amount })
    })

    testIf(closes, 'may meet a payer who pays at that very moment', async () => {
      const order = await openOrder(get())
      await get().fault('success_after_close', order.order_no, 1)
      expect(await close(order)).toEqual({ kind: 'closed' })
      const state = await eventually(
        () => query(order),
        (found) => found.kind !== 'closed',
      )
      expect(state).toMatchObject({ kind: 'paid', amount: order.amount })
    })
  })

  describe('an expired order', () => {
    const expired = async () => {
      const expires_at = new Date(get().now().getTime() + 2 * 60_000)
      const order = await openOrder(get(), { expires_at })
      get().advance(2 * 60_000 + WELL_AFTER_MS)
      return order
    }

    test('is neither paid nor failed, and closing ends it', async () => {
      const order = await expired()
      expect(['waiting', 'closed']).toContain((await query(order)).kind)
      expect(await close(order)).toEqual({ kind: 'closed' })
    })

    test('is paid when the money was already on its way', async () => {
      const order = await expired()
      await get().fault('success_after_close', order.order_no)
      await pay(order)
      expect((await query(order)).kind).toBe('paid')
    })
  })
}
