/** Every type of event. An endpoint may choose among them; types are only ever added. */
export const EVENT_TYPES = [
  'bill.created',
  'bill.updated',
  'bill.paid',
  'bill.partially_paid',
  'bill.voided',
  'bill.expired',
  'payment.created',
  'payment.pending',
  'payment.processing',
  'payment.succeeded',
  'payment.failed',
  'payment.closed',
  'payment.late_success',
  'payment.channel_changed',
  'refund.created',
  'refund.succeeded',
  'refund.failed',
  'refund.rejected',
  'checkout.completed',
  'checkout.expired',
  'bill_import.completed',
  'reconciliation.completed',
  'reconciliation.difference_found',
  'settlement.created',
  'settlement.paid',
  'wallet.opened',
  'wallet.topped_up',
  'wallet.top_up_refunding',
  'wallet.top_up_refund_failed',
  'wallet.top_up_refunded',
  'wallet.charged',
  'wallet.refunded',
  'wallet.frozen',
  'wallet.unfrozen',
  'wallet.closed',
  'key.expiring',
  'channel_account.unhealthy',
  'channel_account.recovered',
  'ledger_correction.created',
  'ledger_correction.posted',
  'ledger_correction.rejected',
] as const

export type EventType = (typeof EVENT_TYPES)[number]

/** What a webhook's body is made of; `GET /v1/events` tells the same. */
export interface EventContent {
  readonly id: string
  readonly type: string
  readonly livemode: boolean
  readonly api_version: string
  /** The object as it was right after the change, in its wire form. */
  readonly object: unknown
  readonly created_at: Date
}

export interface StoredEvent extends EventContent {
  /** The app's own call that caused it; null when none did. */
  readonly request_id: string | null
}

export interface EventFilter {
  readonly type?: string | undefined
  readonly request_id?: string | undefined
  readonly object_id?: string | undefined
}

/** An event in the order that listeners read. */
export interface EventPlace {
  readonly id: string
  readonly position: bigint | null
}

/** A listener that has read everything up to an event. */
export interface EventWait {
  readonly institution_id: string
  readonly livemode: boolean
  readonly app_id: string
  /** Null: it has read nothing yet. */
  readonly after: string | null
}
