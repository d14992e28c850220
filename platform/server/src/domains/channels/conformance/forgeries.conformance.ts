import { describe, expect, test } from '@jest/globals'
import type { NotifyBehaviour } from '../../sandbox/simulators/simulator-play.js'
import { ChannelError } from '../channel.errors.js'
import type { Channel, RawNotification } from '../channel.port.js'
import { deliveries, type GetHarness, openOrder, testIf } from './harness.conformance.js'
import type { Capabilities } from './provider.conformance.js'

const STRIDE_BYTES = 7

/** Notifications that must change nothing. */
export function describeForgeries(get: GetHarness, capabilities: Capabilities): void {
  const { dates_notifications } = capabilities
  const delivered = async (notify: NotifyBehaviour): Promise<RawNotification> => {
    const order = await openOrder(get())
    await get().play(order.order_no, 'pay', notify)
    const [raw] = await deliveries(get(), order.order_no, 1)
    if (!raw) throw new Error('nothing was delivered')
    return raw
  }
  const refusal = (raw: RawNotification, channel: Channel = get().channel) => {
    try {
      return channel.readNotification(get().account, raw)
    } catch (error) {
      return error instanceof ChannelError ? error.code : error
    }
  }

  describe('a notification is refused', () => {
    test.each(['forged', 'wrong_merchant', 'probe'] as const)('when it is %s', async (notify) => {
      expect(refusal(await delivered(notify))).toBe('notification_invalid')
    })

    test('when somebody else signed it, or the provider only probes us', async () => {
      const forgeries = get().forgeries(await delivered('normal'))
      expect(forgeries.map((forgery) => refusal(forgery))).toEqual(
        forgeries.map(() => 'notification_invalid'),
      )
      expect(forgeries.length).toBeGreaterThan(0)
    })

    test('when any byte of its body was altered', async () => {
      const raw = await delivered('normal')
      for (let at = 0; at < raw.body.length; at += STRIDE_BYTES) {
        const body = Buffer.from(raw.body)
        body.writeUInt8(body.readUInt8(at) ^ 1, at)
        expect({ at, refusal: refusal({ ...raw, body }) }).toEqual({
          at,
          refusal: 'notification_invalid',
        })
      }
    })

    test('when its body was cut, lengthened or removed', async () => {
      const raw = await delivered('normal')
      const bodies = [raw.body.subarray(1), raw.body.subarray(0, -8), Buffer.alloc(0)]
      const longer = Buffer.concat([raw.body, Buffer.from('&x=1')])
      for (const body of [...bodies, longer, Buffer.from([0xff, 0xfe, 0x00])]) {
        expect(refusal({ ...raw, body })).toBe('notification_invalid')
      }
    })

    testIf(dates_notifications, 'without its headers', async () => {
      const raw = await delivered('normal')
      expect(refusal({ ...raw, headers: {} })).toBe('notification_invalid')
    })

    for (const minutes of [-6, 6]) {
      testIf(dates_notifications, `when it was made ${minutes} minutes away from now`, async () => {
        const wrongClock = get().channelAt(minutes * 60_000)
        expect(refusal(await delivered('normal'), wrongClock)).toBe('notification_invalid')
      })
    }

    test('with an answer that makes the provider try again', () => {
      expect(get().channel.refuseNotification('no').status).toBeGreaterThanOrEqual(400)
      expect(get().channel.acceptNotification().status).toBeLessThan(300)
    })
  })
}
