import { afterAll, beforeAll, describe } from '@jest/globals'
import { describeAccounts } from './conformance/accounts.conformance.js'
import { describeCalls } from './conformance/calls.conformance.js'
import { describeClosing } from './conformance/closing.conformance.js'
import { describeForgeries } from './conformance/forgeries.conformance.js'
import type { ChannelHarness } from './conformance/harness.conformance.js'
import { makeHarness } from './conformance/make-harness.conformance.js'
import { describeNotifications } from './conformance/notifications.conformance.js'
import { describeOrders } from './conformance/orders.conformance.js'
import { describeOutages } from './conformance/outages.conformance.js'
import type { Provider } from './conformance/provider.conformance.js'
import { describeRefunds } from './conformance/refunds.conformance.js'
import { describeStatements } from './conformance/statements.conformance.js'

/**
 * What every channel must pass, against its provider's simulator over real HTTP. A new channel is
 * done when this is green; the simulator must pass it too, or the sandbox lies.
 */
export function describeChannel(provider: Provider): void {
  describe(`channel ${provider.code}`, () => {
    let harness: ChannelHarness | undefined
    const get = () => {
      if (!harness) throw new Error('the harness is only there while tests run')
      return harness
    }
    beforeAll(async () => {
      harness = await makeHarness(provider)
    })
    afterAll(() => harness?.stop())

    const { capabilities } = provider
    describeOrders(get, capabilities)
    describeClosing(get, capabilities)
    describeCalls(get, capabilities)
    describeNotifications(get, capabilities)
    describeForgeries(get, capabilities)
    describeRefunds(get)
    describeOutages(get, capabilities)
    describeAccounts(get)
    // Last: it moves the clock by days.
    describeStatements(get, capabilities)
  })
}
