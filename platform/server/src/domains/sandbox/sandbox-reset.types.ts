/**
 * What a reset takes away from its app, in the order in which it is locked: payments first, as everywhere.
 * These are names of tables as well.
 */
export const RESET_KINDS = [
  'payments',
  'refunds',
  'checkouts',
  'bills',
  'fee_items',
  'webhook_endpoints',
  'webhook_deliveries',
  'webhook_resends',
  'events',
] as const
export type ResetKind = (typeof RESET_KINDS)[number]
export type ResetCounts = Readonly<Record<ResetKind, number>>

/** Tables that name an app and a mode, and that a reset does not take away: each with its reason. */
export const KEPT_AT_RESET: Readonly<Record<string, string>> = {
  api_keys: 'the app goes on working with them',
  app_redirect_uris: 'a setting of the app',
  channel_accounts: 'the merchants of its clock: closed with the clock, and orders still name them',
  exports: 'files that somebody asked for: gone within a day, and they say when they were made',
  idempotency_keys: 'forgotten altogether: the numbers that they answered for are free again',
  ledger_corrections: 'the books of the institution, which nobody resets',
  payer_grants: 'what a payer allowed is for the payer to take back',
  request_logs: 'a record of calls, which goes when its time is over',
  test_clocks: 'removed before',
  webhook_grades: 'evidence of what a receiver did, written once; going live is decided by it',
  wallets: 'they belong to their payers, and every app of the institution uses them',
}

/** What was set aside stands in `apps` as something that no key and no person can ever call as. */
export interface ResetRow {
  readonly id: string
  readonly created_at: Date
  readonly metadata: ResetCounts & { readonly test_clock_removed: boolean }
}
