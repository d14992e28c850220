import type { EventType } from '@openbursar/sdk'

/** Every type of event, to be chosen from. The compiler knows when one is missing. */
const IS_LISTED: Record<EventType, true> = {
  'bill.created': true,
  'bill.updated': true,
  'bill.partially_paid': true,
  'bill.paid': true,
  'bill.voided': true,
  'bill.expired': true,
  'bill_import.completed': true,
  'checkout.completed': true,
  'checkout.expired': true,
  'payment.created': true,
  'payment.pending': true,
  'payment.processing': true,
  'payment.succeeded': true,
  'payment.failed': true,
  'payment.closed': true,
  'payment.channel_changed': true,
  'payment.late_success': true,
  'refund.created': true,
  'refund.succeeded': true,
  'refund.failed': true,
  'refund.rejected': true,
  'wallet.opened': true,
  'wallet.topped_up': true,
  'wallet.top_up_refunding': true,
  'wallet.top_up_refunded': true,
  'wallet.top_up_refund_failed': true,
  'wallet.charged': true,
  'wallet.refunded': true,
  'wallet.frozen': true,
  'wallet.unfrozen': true,
  'wallet.closed': true,
  'key.expiring': true,
  'channel_account.unhealthy': true,
  'channel_account.recovered': true,
  'reconciliation.completed': true,
  'reconciliation.difference_found': true,
  'settlement.created': true,
  'settlement.paid': true,
  'ledger_correction.created': true,
  'ledger_correction.posted': true,
  'ledger_correction.rejected': true,
}

export const EVENT_TYPES: readonly EventType[] = Object.keys(IS_LISTED).filter(isEventType)

export function isEventType(text: string): text is EventType {
  return text in IS_LISTED
}
