import type { EventType } from '../../webhooks/events/event.types.js'
import { BILL_SCENARIOS } from './bill.scenarios.js'
import { HOUSE_SCENARIOS } from './house.scenarios.js'
import { PAYMENT_SCENARIOS } from './payment.scenarios.js'
import type { MissingScenario, Scenario } from './scenario.types.js'
import { WALLET_SCENARIOS } from './wallet.scenarios.js'

const missing = (what: string): MissingScenario => ({
  missing: `${what} is not a part of this platform yet, so nothing tells of it.`,
})

/** Every type of event, and how it is made to happen. A new type does not compile without its row. */
export const SCENARIOS: Readonly<Record<EventType, Scenario | MissingScenario>> = {
  ...BILL_SCENARIOS,
  ...PAYMENT_SCENARIOS,
  ...WALLET_SCENARIOS,
  ...HOUSE_SCENARIOS,
  // It has not ended while a person may still bring it to its end at the channel (refund_abnormal).
  'wallet.top_up_refund_failed': {
    missing: 'No simulated channel refuses the refund of a top-up for good.',
  },
  'bill_import.completed': missing('The import of bills'),
  'reconciliation.completed': missing('Reconciliation'),
  'reconciliation.difference_found': missing('Reconciliation'),
  'settlement.created': missing('Settlement'),
  'settlement.paid': missing('Settlement'),
}
