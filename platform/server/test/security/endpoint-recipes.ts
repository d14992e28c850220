import { newPublicKey } from '../../src/domains/identity/api-key.fixture.js'
import { channelAccountBody } from '../support/channel-accounts.js'
import { feeItemBody, newNumber, payerBody, paymentBody } from '../support/fixtures.js'

/** One object of every kind, all of one app and one mode. */
export interface OwnedIds {
  readonly department: string
  readonly app: string
  readonly payer: string
  readonly fee_item: string
  readonly bill: string
  readonly checkout: string
  readonly payment: string
  readonly refund: string
  readonly wallet: string
  /** A payment and a refund that went over the counter; in live mode, others that did not. */
  readonly counter_payment: string
  readonly counter_refund: string
  readonly event: string
  readonly webhook_endpoint: string
  readonly webhook_delivery: string
  readonly webhook_resend: string
  /** Of the app's own department, as the next two. */
  readonly channel_account: string
  readonly channel_route: string
  readonly payment_limit: string
  readonly key: string
  readonly ledger_transaction: string
  readonly ledger_correction: string
  /** A call of the app. */
  readonly request_log: string
  /** A file that is written. */
  readonly export: string
  /** Of test mode only. */
  readonly test_clock: string
  readonly webhook_grade: string
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
  /** Lists the whole institution's books, in which what one app did has no place of its own. */
  readonly listsBooks?: boolean
  /** Says nothing of one object: sums and counts. */
  readonly isAggregate?: boolean
  /** What a list has to be asked, to find what it has of its owner. */
  readonly query?: (ids: OwnedIds) => string
  /** One and the same in both modes, with what was decided for each. */
  readonly isInBothModes?: boolean
  /** Exists in test mode only. */
  readonly isTestOnly?: boolean
}

const PUBLIC_URL = 'https://example.com/webhooks'

/** Every endpoint that needs a caller, by operation id. The walk fails when one is missing here. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  'apps.checklist': { about: 'app', notFound: 'app_not_found', isInBothModes: true },
  'apps.get': { about: 'app', notFound: 'app_not_found', isInBothModes: true },
  'apps.list': { isInBothModes: true },
  'bills.create': {
    body: ({ payer, fee_item }) => ({ payer, fee_item, out_bill_no: newNumber(), amount: 100 }),
    borrows: ['fee_item'],
    notFound: 'fee_item_not_found',
  },
  'bills.get': { about: 'bill', notFound: 'bill_not_found' },
  'bills.history': { about: 'bill', notFound: 'bill_not_found' },
  'bills.list': {},
  'bills.update': {
    about: 'bill',
    body: () => ({ metadata: { stolen: 'yes' } }),
    notFound: 'bill_not_found',
  },
  'bills.void': { about: 'bill', notFound: 'bill_not_found' },
  'channelAccounts.check': { about: 'channel_account', notFound: 'channel_account_not_found' },
  'channelAccounts.create': {
    // Nothing is asked of any provider.
    body: () => channelAccountBody({ check: false }),
  },
  'channelAccounts.disable': { about: 'channel_account', notFound: 'channel_account_not_found' },
  'channelAccounts.enable': { about: 'channel_account', notFound: 'channel_account_not_found' },
  'channelAccounts.get': { about: 'channel_account', notFound: 'channel_account_not_found' },
  'channelAccounts.list': {},
  'channelAccounts.listIncidents': {
    about: 'channel_account',
    notFound: 'channel_account_not_found',
  },
  'channelAccounts.update': {
    about: 'channel_account',
    body: () => ({ name: '别人的' }),
    notFound: 'channel_account_not_found',
  },
  'channelRoutes.create': {
    body: ({ channel_account }) => ({ account: channel_account }),
    borrows: ['channel_account'],
    notFound: 'channel_account_not_found',
  },
  'channelRoutes.delete': { about: 'channel_route', notFound: 'channel_route_not_found' },
  'channelRoutes.get': { about: 'channel_route', notFound: 'channel_route_not_found' },
  'channelRoutes.list': {},
  'channelRoutes.update': {
    about: 'channel_route',
    body: () => ({ position: 0 }),
    notFound: 'channel_route_not_found',
  },
  'checkouts.cancel': { about: 'checkout', notFound: 'checkout_not_found' },
  'checkouts.create': {
    body: ({ bill }) => ({ items: [{ bill }] }),
    borrows: ['bill'],
    notFound: 'bill_not_found',
  },
  'checkouts.get': { about: 'checkout', notFound: 'checkout_not_found' },
  'checkouts.history': { about: 'checkout', notFound: 'checkout_not_found' },
  'checkouts.list': {},
  'counterOrders.get': {
    about: 'counter_payment',
    notFound: 'counter_order_not_found',
    isShared: true,
  },
  'counterOrders.receive': {
    about: 'counter_payment',
    body: () => ({ tender: 'cash', received_amount: 12_800, cashier: 'thief' }),
    notFound: 'counter_order_not_found',
    isShared: true,
  },
  'counterRefunds.handOut': {
    about: 'counter_refund',
    body: () => ({ cashier: 'thief' }),
    notFound: 'counter_refund_not_found',
    isShared: true,
  },
  'departments.list': { isInBothModes: true },
  'departments.get': {
    about: 'department',
    notFound: 'department_not_found',
    isInBothModes: true,
  },
  'departments.update': {
    about: 'department',
    body: () => ({ refund_approval_threshold: 0 }),
    notFound: 'department_not_found',
    isInBothModes: true,
  },
  'events.get': { about: 'event', notFound: 'event_not_found' },
  'events.list': {},
  'exports.create': { body: () => ({ kind: 'checkouts' }) },
  'exports.download': { about: 'export', notFound: 'export_not_found' },
  'exports.get': { about: 'export', notFound: 'export_not_found' },
  'exports.list': {},
  'events.resend': { about: 'event', body: () => ({}), notFound: 'event_not_found' },
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
  'ledgerAccounts.list': { isShared: true, listsBooks: true },
  'ledgerCorrections.approve': {
    about: 'ledger_correction',
    notFound: 'ledger_correction_not_found',
    isShared: true,
  },
  'ledgerCorrections.create': {
    body: ({ ledger_transaction }) => ({
      transaction: ledger_transaction,
      kind: 'reversal',
      reason: '不是我的',
    }),
    borrows: ['ledger_transaction'],
    notFound: 'ledger_transaction_not_found',
    isShared: true,
  },
  'ledgerCorrections.get': {
    about: 'ledger_correction',
    notFound: 'ledger_correction_not_found',
    isShared: true,
  },
  'ledgerCorrections.list': { isShared: true },
  'ledgerCorrections.reject': {
    about: 'ledger_correction',
    notFound: 'ledger_correction_not_found',
    isShared: true,
  },
  'ledgerRoots.list': { isShared: true, listsBooks: true },
  'ledgerTransactions.get': {
    about: 'ledger_transaction',
    notFound: 'ledger_transaction_not_found',
    isShared: true,
  },
  'ledgerTransactions.list': { isShared: true, listsBooks: true },
  'payers.create': { body: () => payerBody() },
  'payers.get': { about: 'payer', notFound: 'payer_not_found', isShared: true },
  'payers.list': { isShared: true },
  'payers.update': {
    about: 'payer',
    body: () => ({ name: '别人' }),
    notFound: 'payer_not_found',
    isShared: true,
  },
  'paymentLimits.create': {
    body: () => ({ name: 'never reached', amount_per_payment: Number.MAX_SAFE_INTEGER }),
  },
  'paymentLimits.get': { about: 'payment_limit', notFound: 'payment_limit_not_found' },
  'paymentLimits.list': {},
  'paymentLimits.update': {
    about: 'payment_limit',
    body: () => ({ name: 'stolen' }),
    notFound: 'payment_limit_not_found',
  },
  'payments.changeChannel': {
    about: 'payment',
    body: () => ({ channel: 'wechatpay' }),
    notFound: 'payment_not_found',
  },
  'payments.close': { about: 'payment', notFound: 'payment_not_found' },
  'payments.confirmWallet': {
    about: 'payment',
    body: () => ({ pin: '135790' }),
    notFound: 'payment_not_found',
  },
  'payments.create': {
    body: ({ checkout }) => ({ ...paymentBody(), amount: undefined, subject: undefined, checkout }),
    borrows: ['checkout'],
    notFound: 'checkout_not_found',
  },
  'payments.get': { about: 'payment', notFound: 'payment_not_found' },
  'payments.history': { about: 'payment', notFound: 'payment_not_found' },
  'payments.list': {},
  'refunds.create': {
    body: ({ payment }) => ({ payment, out_refund_no: newNumber(), amount: 1 }),
    borrows: ['payment'],
    notFound: 'payment_not_found',
  },
  'refunds.approve': { about: 'refund', notFound: 'refund_not_found' },
  'refunds.reject': {
    about: 'refund',
    body: () => ({ reason: '不同意' }),
    notFound: 'refund_not_found',
  },
  'refunds.get': { about: 'refund', notFound: 'refund_not_found' },
  'refunds.history': { about: 'refund', notFound: 'refund_not_found' },
  'refunds.list': {},
  'reports.overview': { isAggregate: true, query: () => 'interval=hour' },
  'requestLogs.get': { about: 'request_log', notFound: 'request_log_not_found' },
  'requestLogs.list': { tellsAttempts: true },
  'search.list': { query: ({ payment }) => `q=${payment}` },
  'testHelpers.clocks.advance': {
    about: 'test_clock',
    body: () => ({ by: 1 }),
    notFound: 'test_clock_not_found',
    isTestOnly: true,
  },
  'testHelpers.clocks.create': { body: () => ({}), isTestOnly: true },
  'testHelpers.clocks.delete': {
    about: 'test_clock',
    notFound: 'test_clock_not_found',
    isTestOnly: true,
  },
  'testHelpers.clocks.get': {
    about: 'test_clock',
    notFound: 'test_clock_not_found',
    isTestOnly: true,
  },
  'testHelpers.clocks.list': { isTestOnly: true },
  'testHelpers.events.create': { body: () => ({ type: 'payment.created' }), isTestOnly: true },
  'testHelpers.faults.clear': { isTestOnly: true },
  'testHelpers.faults.list': { isTestOnly: true },
  'testHelpers.faults.set': {
    body: ({ payment }) => ({ fault: 'notify_lost', payment, times: 1 }),
    borrows: ['payment'],
    notFound: 'payment_not_found',
    isTestOnly: true,
  },
  'testHelpers.magicAmounts.list': { isTestOnly: true },
  'testHelpers.payments.simulate': {
    about: 'payment',
    body: () => ({ action: 'abandon' }),
    notFound: 'payment_not_found',
    isTestOnly: true,
  },
  'testHelpers.requestLogs.replay': {
    about: 'request_log',
    body: () => ({}),
    notFound: 'request_log_not_found',
    isTestOnly: true,
  },
  'testHelpers.payers.create': { body: () => ({}), isTestOnly: true },
  'testHelpers.payers.list': { isTestOnly: true },
  'testHelpers.sandbox.reset': { body: () => ({}), isTestOnly: true },
  'testHelpers.webhookGrades.create': {
    body: ({ webhook_endpoint: endpoint }) => ({ endpoint }),
    borrows: ['webhook_endpoint'],
    notFound: 'webhook_endpoint_not_found',
    isTestOnly: true,
  },
  'testHelpers.webhookGrades.get': {
    about: 'webhook_grade',
    notFound: 'webhook_grade_not_found',
    isTestOnly: true,
  },
  'testHelpers.webhookGrades.list': { isTestOnly: true },
  'wallets.close': { about: 'wallet', notFound: 'wallet_not_found', isShared: true },
  'wallets.create': {
    body: ({ payer }) => ({ payer }),
    borrows: ['payer'],
    notFound: 'wallet_payer_not_found',
    isShared: true,
  },
  'wallets.freeze': {
    about: 'wallet',
    body: () => ({ reason: 'stolen' }),
    notFound: 'wallet_not_found',
    isShared: true,
  },
  'wallets.get': { about: 'wallet', notFound: 'wallet_not_found', isShared: true },
  'wallets.list': { isShared: true },
  'wallets.listTransactions': { about: 'wallet', notFound: 'wallet_not_found', isShared: true },
  'wallets.setPin': {
    about: 'wallet',
    body: () => ({ pin: '135790' }),
    notFound: 'wallet_not_found',
    isShared: true,
  },
  'wallets.topUp': {
    about: 'wallet',
    body: () => ({ out_trade_no: newNumber(), amount: 100 }),
    notFound: 'wallet_not_found',
    isShared: true,
  },
  'wallets.unfreeze': { about: 'wallet', notFound: 'wallet_not_found', isShared: true },
  'wallets.update': {
    about: 'wallet',
    body: () => ({ limit_per_day: 1 }),
    notFound: 'wallet_not_found',
    isShared: true,
  },
  'webhookDeliveries.get': { about: 'webhook_delivery', notFound: 'webhook_delivery_not_found' },
  'webhookDeliveries.list': {},
  'webhookDeliveries.resend': { about: 'webhook_delivery', notFound: 'webhook_delivery_not_found' },
  'webhookEndpoints.create': {
    body: () => ({ url: PUBLIC_URL, event_types: ['settlement.paid'] }),
  },
  'webhookEndpoints.delete': { about: 'webhook_endpoint', notFound: 'webhook_endpoint_not_found' },
  'webhookEndpoints.disable': {
    about: 'webhook_endpoint',
    body: () => ({ reason: '别人的' }),
    notFound: 'webhook_endpoint_not_found',
  },
  'webhookEndpoints.enable': { about: 'webhook_endpoint', notFound: 'webhook_endpoint_not_found' },
  'webhookEndpoints.expireOldSecrets': {
    about: 'webhook_endpoint',
    notFound: 'webhook_endpoint_not_found',
  },
  'webhookEndpoints.get': { about: 'webhook_endpoint', notFound: 'webhook_endpoint_not_found' },
  'webhookEndpoints.list': {},
  'webhookEndpoints.listDeliveries': {
    about: 'webhook_endpoint',
    notFound: 'webhook_endpoint_not_found',
  },
  'webhookEndpoints.resend': {
    about: 'webhook_endpoint',
    body: () => ({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }),
    notFound: 'webhook_endpoint_not_found',
  },
  'webhookEndpoints.rotateSecret': {
    about: 'webhook_endpoint',
    body: () => ({}),
    notFound: 'webhook_endpoint_not_found',
  },
  'webhookEndpoints.update': {
    about: 'webhook_endpoint',
    body: () => ({ status: 'disabled' }),
    notFound: 'webhook_endpoint_not_found',
  },
  'webhookResends.get': { about: 'webhook_resend', notFound: 'webhook_resend_not_found' },
}

/** Open to everybody, each for a reason: what is not here needs a credential. */
export const PUBLIC_OPERATIONS: Readonly<Record<string, string>> = {
  'platformKeys.list': 'public keys, with which receivers verify webhooks',
  'testHelpers.signatures.diagnose':
    'who cannot sign yet asks why; only for test keys, and nothing is done',
}
