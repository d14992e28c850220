import { newPublicKey } from '../../src/domains/identity/api-key.fixture.js'
import { feeItemBody, newNumber, payerBody, paymentBody } from '../support/fixtures.js'

/** One object of every kind, all of one app and one mode. */
export interface OwnedIds {
  readonly payer: string
  readonly fee_item: string
  readonly bill: string
  readonly checkout: string
  readonly payment: string
  readonly refund: string
  readonly event: string
  readonly webhook_endpoint: string
  readonly key: string
  /** A call of the app. */
  readonly request_log: string
}

/** How an endpoint is called, and what it may never show or do to somebody else. */
export interface Recipe {
  /** Whose id goes into the path; absent where the path has none. */
  readonly about?: keyof OwnedIds
  /** A body that its owner's call would be accepted with. */
  readonly body?: (ids: OwnedIds) => object
  /** The code of the 404 for whoever does not own what the path or the body names. */
  readonly notFound?: string
  /** What of the body belongs to somebody, where the path names nothing. */
  readonly borrows?: readonly (keyof OwnedIds)[]
  /** Belongs to the whole institution: another app of it is no stranger. */
  readonly isShared?: boolean
  /** Shows strangers their own attempts, and so the ids that they tried. */
  readonly tellsAttempts?: boolean
  /** Exists in test mode only. */
  readonly isTestOnly?: boolean
}

const PUBLIC_URL = 'https://example.com/webhooks'

/** Every endpoint that needs a caller, by operation id. The walk fails when one is missing here. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  'bills.create': {
    body: ({ payer, fee_item }) => ({ payer, fee_item, out_bill_no: newNumber(), amount: 100 }),
    borrows: ['fee_item'],
    notFound: 'fee_item_not_found',
  },
  'bills.get': { about: 'bill', notFound: 'bill_not_found' },
  'bills.list': {},
  'bills.update': {
    about: 'bill',
    body: () => ({ metadata: { stolen: 'yes' } }),
    notFound: 'bill_not_found',
  },
  'bills.void': { about: 'bill', notFound: 'bill_not_found' },
  'checkouts.cancel': { about: 'checkout', notFound: 'checkout_not_found' },
  'checkouts.create': {
    body: ({ bill }) => ({ items: [{ bill }] }),
    borrows: ['bill'],
    notFound: 'bill_not_found',
  },
  'checkouts.get': { about: 'checkout', notFound: 'checkout_not_found' },
  'checkouts.list': {},
  'events.get': { about: 'event', notFound: 'event_not_found' },
  'events.list': {},
  'feeItems.create': { body: () => feeItemBody() },
  'feeItems.get': { about: 'fee_item', notFound: 'fee_item_not_found' },
  'feeItems.list': {},
  'feeItems.update': {
    about: 'fee_item',
    body: () => ({ name: '别人的' }),
    notFound: 'fee_item_not_found',
  },
  'keys.create': { body: () => ({ public_key: newPublicKey() }) },
  'keys.get': { about: 'key', notFound: 'api_key_not_found' },
  'keys.list': {},
  'keys.revoke': { about: 'key', notFound: 'api_key_not_found' },
  'keys.rotate': {
    about: 'key',
    body: () => ({ public_key: newPublicKey() }),
    notFound: 'api_key_not_found',
  },
  'keys.update': {
    about: 'key',
    body: () => ({ name: 'stolen' }),
    notFound: 'api_key_not_found',
  },
  'payers.create': { body: () => payerBody() },
  'payers.get': { about: 'payer', notFound: 'payer_not_found', isShared: true },
  'payers.list': { isShared: true },
  'payers.update': {
    about: 'payer',
    body: () => ({ name: '别人' }),
    notFound: 'payer_not_found',
    isShared: true,
  },
  'payments.close': { about: 'payment', notFound: 'payment_not_found' },
  'payments.create': {
    body: ({ checkout }) => ({ ...paymentBody(), amount: undefined, subject: undefined, checkout }),
    borrows: ['checkout'],
    notFound: 'checkout_not_found',
  },
  'payments.get': { about: 'payment', notFound: 'payment_not_found' },
  'payments.list': {},
  'refunds.create': {
    body: ({ payment }) => ({ payment, out_refund_no: newNumber(), amount: 1 }),
    borrows: ['payment'],
    notFound: 'payment_not_found',
  },
  'refunds.get': { about: 'refund', notFound: 'refund_not_found' },
  'refunds.list': {},
  'requestLogs.get': { about: 'request_log', notFound: 'request_log_not_found' },
  'requestLogs.list': { tellsAttempts: true },
  'testHelpers.payments.simulate': {
    about: 'payment',
    body: () => ({ action: 'abandon' }),
    notFound: 'payment_not_found',
    isTestOnly: true,
  },
  'webhookEndpoints.create': {
    body: () => ({ url: PUBLIC_URL, event_types: ['settlement.paid'] }),
  },
  'webhookEndpoints.delete': { about: 'webhook_endpoint', notFound: 'webhook_endpoint_not_found' },
  'webhookEndpoints.get': { about: 'webhook_endpoint', notFound: 'webhook_endpoint_not_found' },
  'webhookEndpoints.list': {},
  'webhookEndpoints.listDeliveries': {
    about: 'webhook_endpoint',
    notFound: 'webhook_endpoint_not_found',
  },
  'webhookEndpoints.update': {
    about: 'webhook_endpoint',
    body: () => ({ status: 'disabled' }),
    notFound: 'webhook_endpoint_not_found',
  },
}

/** Open to everybody, each for a reason: what is not here needs a credential. */
export const PUBLIC_OPERATIONS: Readonly<Record<string, string>> = {
  'platformKeys.list': 'public keys, with which receivers verify webhooks',
  'testHelpers.signatures.diagnose':
    'who cannot sign yet asks why; only for test keys, and nothing is done',
}
