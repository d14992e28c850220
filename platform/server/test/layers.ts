/**
 * Who may import whom, as data: a file may import from its own module or from one of a lower rank.
 * The rank of a new module is written here in the commit that creates the module.
 */
export const RANKS: Readonly<Record<string, number>> = {
  kernel: 0,
  versions: 0,
  infra: 1,
  'domains/identity': 2,
  'domains/audit': 2,
  'domains/request-log': 2,
  gateway: 3,
  'domains/ledger': 4,
  'domains/payers': 5,
  'domains/wallets': 5,
  'domains/oauth': 6,
  'domains/channels': 6,
  'domains/risk': 6,
  'domains/promotions': 6,
  'domains/bills': 7,
  'domains/payments': 8,
  'domains/refunds': 9,
  'domains/cashier': 10,
  'domains/console': 10,
  'domains/counter': 10,
  'domains/reconciliation': 10,
  'domains/settlement': 11,
  'domains/payer-access': 11,
  'domains/console-access': 11,
  'domains/webhooks': 12,
  'domains/notifications': 12,
  'domains/reports': 12,
  'domains/go-live': 12,
  'domains/sandbox': 13,
  processes: 14,
}

/** Modules that only these may import, whatever the ranks say. */
export const RESERVED: Readonly<Record<string, readonly string[]>> = {
  gateway: ['processes'],
}

/** Files that other modules may import although their role is private, each with its reason. */
export const SHARED_FILES: Readonly<Record<string, string>> = {
  'domains/payments/payment.schema.ts':
    'the public shape of a payment, which whoever answers with one has to name',
  'domains/identity/apps/app.schema.ts':
    'the public shape of an app, which the way into live mode answers with',
  'domains/webhooks/events/event.schema.ts':
    'the public shape of an event, with which the sandbox answers what it made happen',
  'infra/http/wire.schema.ts': 'the words of the wire that every schema is written with',
}
