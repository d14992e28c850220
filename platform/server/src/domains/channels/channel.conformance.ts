import { afterAll, beforeAll, describe } from '@jest/globals'
import type { ChannelHarness } from './conformance/harness.conformance.js'
import { describeNotifications } from './conformance/notifications.conformance.js'
import { describeOrders } from './conformance/orders.conformance.js'
import { describeOutages } from './conformance/outages.conformance.js'
import { describeRefunds } from './conformance/refunds.conformance.js'

/**
 * What every channel must pass, against its provider's simulator over real HTTP. A new channel is
 * done when this is green; the simulator must pass it too, or the sandbox lies.
 */
export function describeChannel(name: string, makeHarness: () => Promise<ChannelHarness>): void {
  describe(`channel ${name}`, () => {
    let harness: ChannelHarness | undefined
    const get = () => {
      if (!harness) throw new Error('the harness is only there while tests run')
      return harness
    }
    beforeAll(async () => {
      harness = await makeHarness()
    })
    afterAll(() => harness?.stop())

    describeOrders(get)
    describeNotifications(get)
    describeRefunds(get)
    describeOutages(get)
  })
}
