import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { ChannelError } from '../channel.errors.js'
import type { Channel, RawNotification } from '../channel.port.js'
import { type Delivery, deliveries, type GetHarness } from './harness.conformance.js'

/** Longer than a delivery needs, shorter than a late one takes. */
const QUIET_MS = 400

export function describeNotifications(get: GetHarness): void {
  const read = (raw: RawNotification, channel: Channel = get().channel) =>
    channel.readNotification(get().account, raw)

  const paid = async (delivery: Delivery) => {
    const order = get().order()
    await get().channel.placeOrder(get().account, order)
    await get().play(order.order_no, 'pay', delivery)
    return order
  }
  const oneDelivered = async (): Promise<RawNotification> => {
    const order = await paid('normal')
    const [raw] = await deliveries(get(), order.order_no, 1)
    if (!raw) throw new Error('nothing was delivered')
    return raw
  }

  describe('a notification', () => {
    test('says what a query says', async () => {
      const order = await paid('normal')
      const [raw] = await deliveries(get(), order.order_no, 1)
      const state = await get().channel.queryOrder(get().account, order.order_no)
      expect(state.kind).toBe('paid')
      expect(raw && read(raw)).toEqual({ kind: 'order', order_no: order.order_no, state })
    })

    test('is not sent again once it was accepted', async () => {
      const order = await paid('normal')
      await deliveries(get(), order.order_no, 1)
      await sleep(QUIET_MS)
      expect(get().received(order.order_no)).toHaveLength(1)
    })

    test('is sent again after it was refused, and is then as good as the first', async () => {
      const order = get().order()
      get().refuseNext(order.order_no, 1)
      await get().channel.placeOrder(get().account, order)
      await get().play(order.order_no, 'pay', 'normal')
      const [first, second] = await deliveries(get(), order.order_no, 2)
      expect(second && read(second)).toEqual(first && read(first))
    })

    test('may be lost, and then only a query tells', async () => {
      const order = await paid('lost')
      await sleep(QUIET_MS)
      expect(get().received(order.order_no)).toHaveLength(0)
      expect(await get().channel.queryOrder(get().account, order.order_no)).toMatchObject({
        kind: 'paid',
      })
    })

    test('may come twice, saying the same', async () => {
      const order = await paid('duplicate')
      const [first, second] = await deliveries(get(), order.order_no, 2)
      expect(second && read(second)).toEqual(first && read(first))
    })

    test('may come late', async () => {
      const order = await paid('late')
      await sleep(QUIET_MS)
      expect(get().received(order.order_no)).toHaveLength(0)
      const [raw] = await deliveries(get(), order.order_no, 1)
      expect(raw && read(raw)).toMatchObject({ kind: 'order', state: { kind: 'paid' } })
    })

    test('comes about money that arrived after closing', async () => {
      const order = get().order()
      await get().channel.placeOrder(get().account, order)
      await get().channel.closeOrder(get().account, order.order_no)
      await get().play(order.order_no, 'pay', 'normal')
      const [raw] = await deliveries(get(), order.order_no, 1)
      expect(raw && read(raw)).toMatchObject({ state: { kind: 'paid', amount: order.amount } })
    })
  })

  describe('a notification is refused', () => {
    const refusal = (raw: RawNotification, channel?: Channel) => {
      try {
        return read(raw, channel)
      } catch (error) {
        return error instanceof ChannelError ? error.code : error
      }
    }

    test('when somebody else signed it, or the provider only probes us', async () => {
      const forgeries = get().forgeries(await oneDelivered())
      expect(forgeries.map((forgery) => refusal(forgery))).toEqual(
        forgeries.map(() => 'notification_invalid'),
      )
      expect(forgeries.length).toBeGreaterThan(0)
    })

    test('when any byte of its body was altered', async () => {
      const raw = await oneDelivered()
      for (let at = 0; at < raw.body.length; at += 7) {
        const body = Buffer.from(raw.body)
        body.writeUInt8(body.readUInt8(at) ^ 1, at)
        expect(refusal({ ...raw, body })).toBe('notification_invalid')
      }
    })

    test('when its body was cut, lengthened or removed', async () => {
      const raw = await oneDelivered()
      const bodies = [raw.body.subarray(1), Buffer.concat([raw.body, Buffer.from(' ')])]
      for (const body of [...bodies, Buffer.alloc(0)]) {
        expect(refusal({ ...raw, body })).toBe('notification_invalid')
      }
    })

    test('without its headers', async () => {
      const raw = await oneDelivered()
      expect(refusal({ ...raw, headers: {} })).toBe('notification_invalid')
    })

    test.each([-6, 6])('when it was made %i minutes away from now', async (minutes) => {
      const wrongClock = get().channelAt(minutes * 60_000)
      expect(refusal(await oneDelivered(), wrongClock)).toBe('notification_invalid')
    })

    test('with an answer that makes the provider try again', () => {
      expect(get().channel.refuseNotification('no').status).toBeGreaterThanOrEqual(400)
      expect(get().channel.acceptNotification().status).toBeLessThan(300)
    })
  })
}
