import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import type { NotifyBehaviour } from '../../sandbox/simulators/simulator-play.js'
import type { RawNotification } from '../channel.port.js'
import { deliveries, type GetHarness, openOrder, paidOrder, testIf } from './harness.conformance.js'
import type { Capabilities } from './provider.conformance.js'

/** Longer than a delivery needs, shorter than a late one takes. */
const QUIET_MS = 400

export function describeNotifications(get: GetHarness, capabilities: Capabilities): void {
  const { closes, notifies_refunds } = capabilities
  const read = (raw: RawNotification | undefined) => {
    if (!raw) throw new Error('nothing was delivered')
    return get().channel.readNotification(get().account, raw)
  }
  const paid = async (notify: NotifyBehaviour) => {
    const order = await openOrder(get())
    await get().play(order.order_no, 'pay', notify)
    return order
  }

  describe('a notification', () => {
    test('says what a query says', async () => {
      const order = await paid('normal')
      const [raw] = await deliveries(get(), order.order_no, 1)
      const state = await get().channel.queryOrder(get().account, order)
      expect(state.kind).toBe('paid')
      expect(read(raw)).toEqual({ kind: 'order', order_no: order.order_no, state })
    })

    test('read again says the same, however often it is replayed', async () => {
      const order = await paid('normal')
      const [raw] = await deliveries(get(), order.order_no, 1)
      expect(read(raw)).toEqual(read(raw))
    })

    test('is not sent again once it was accepted', async () => {
      const order = await paid('normal')
      await deliveries(get(), order.order_no, 1)
      await sleep(QUIET_MS)
      expect(get().received(order.order_no)).toHaveLength(1)
    })

    test('is sent again after it was refused, and is then as good as the first', async () => {
      const order = await openOrder(get())
      get().refuseNext(order.order_no, 1)
      await get().play(order.order_no, 'pay', 'normal')
      const [first, second] = await deliveries(get(), order.order_no, 2)
      expect(read(second)).toEqual(read(first))
    })

    test('may be lost, and then only a query tells', async () => {
      const order = await paid('lost')
      await sleep(QUIET_MS)
      expect(get().received(order.order_no)).toHaveLength(0)
      const state = await get().channel.queryOrder(get().account, order)
      expect(state).toMatchObject({ kind: 'paid' })
    })

    test('may be lost by a fault that was set before', async () => {
      const order = await openOrder(get())
      await get().fault('notify_lost', order.order_no, 1)
      await get().play(order.order_no, 'pay', 'normal')
      await sleep(QUIET_MS)
      expect(get().received(order.order_no)).toHaveLength(0)
    })

    test('may come twice, saying the same', async () => {
      const order = await paid('duplicate')
      const [first, second] = await deliveries(get(), order.order_no, 2)
      expect(read(second)).toEqual(read(first))
    })

    test('may come late', async () => {
      // By the time it took: on a busy machine nobody can look at the right moment.
      const startedAt = Date.now()
      const order = await paid('late')
      const [raw] = await deliveries(get(), order.order_no, 1)
      expect(Date.now() - startedAt).toBeGreaterThan(QUIET_MS)
      expect(read(raw)).toMatchObject({ kind: 'order', state: { kind: 'paid' } })
    })

    test('may wait for the next event of its order', async () => {
      const order = await paid('reordered')
      await sleep(QUIET_MS)
      expect(get().received(order.order_no)).toHaveLength(0)
      await get().play(order.order_no, 'pay', 'normal')
      for (const raw of await deliveries(get(), order.order_no, 2)) {
        expect(read(raw)).toMatchObject({ order_no: order.order_no, state: { kind: 'paid' } })
      }
    })

    testIf(notifies_refunds, 'of the payment may come after that of its refund', async () => {
      const order = await openOrder(get())
      await get().play(order.order_no, 'pay', 'reordered')
      const state = await get().channel.queryOrder(get().account, order)
      const transaction_no = state.kind === 'paid' ? state.transaction_no : ''
      const refund = get().refundOf({ ...order, transaction_no })
      await get().channel.refund(get().account, refund)
      const [ofRefund] = await deliveries(get(), refund.refund_no, 1)
      const [ofOrder] = await deliveries(get(), order.order_no, 1)
      expect(read(ofRefund)).toMatchObject({ kind: 'refund', state: { kind: 'succeeded' } })
      expect(read(ofOrder)).toMatchObject({ kind: 'order', state: { kind: 'paid' } })
      const ours = get()
        .arrivals()
        .filter((no) => [order.order_no, refund.refund_no].includes(no))
      expect(ours).toEqual([refund.refund_no, order.order_no])
    })

    test('that names another amount is read as it is, for the books to compare', async () => {
      const order = await paid('wrong_amount')
      const [raw] = await deliveries(get(), order.order_no, 1)
      const notification = read(raw)
      expect(notification).toMatchObject({ order_no: order.order_no, state: { kind: 'paid' } })
      expect(notification).not.toMatchObject({ state: { amount: order.amount } })
      const queried = await get().channel.queryOrder(get().account, order)
      expect(queried).toMatchObject({ kind: 'paid', amount: order.amount })
    })

    testIf(closes, 'comes about money that arrived after closing', async () => {
      const order = await openOrder(get())
      await get().channel.closeOrder(get().account, order)
      await get().play(order.order_no, 'pay', 'normal')
      const [raw] = await deliveries(get(), order.order_no, 1)
      expect(read(raw)).toMatchObject({ state: { kind: 'paid', amount: order.amount } })
    })

    testIf(notifies_refunds, 'of a refund says what a query says', async () => {
      const refund = get().refundOf(await paidOrder(get()))
      await get().channel.refund(get().account, refund)
      const [raw] = await deliveries(get(), refund.refund_no, 1)
      const state = await get().channel.queryRefund(get().account, refund)
      expect(state.kind).toBe('succeeded')
      expect(read(raw)).toEqual({ kind: 'refund', refund_no: refund.refund_no, state })
    })
  })
}
