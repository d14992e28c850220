import { wireAmount, wireTime } from '../../../infra/http/wire.schema.js'
import type { HistoryEntry } from './history.schema.js'
import type {
  AttemptRow,
  DeliveryRow,
  EventRow,
  LateSuccessRow,
  LedgerRow,
  RefundRow,
  RequestRow,
} from './history.types.js'

export const eventEntry = (row: EventRow): HistoryEntry => ({
  type: 'event',
  at: wireTime(row.created_at),
  id: row.id,
  event_type: row.type,
  object_id: row.object_id,
  status: row.status,
  request_id: row.request_id,
})

export const attemptEntry = (row: AttemptRow): HistoryEntry => ({
  type: 'payment_attempt',
  at: wireTime(row.created_at),
  id: row.id,
  payment: row.payment_id,
  channel: row.channel,
  method: row.method,
  status: row.status,
  amount: wireAmount(row.amount),
  currency: row.currency,
  channel_order_no: row.channel_order_no,
  channel_transaction_no: row.channel_transaction_no,
  query_count: row.query_count,
  updated_at: wireTime(row.updated_at),
})

export const lateSuccessEntry = (row: LateSuccessRow): HistoryEntry => ({
  type: 'late_success',
  at: wireTime(row.created_at),
  id: row.id,
  payment: row.payment_id,
  kind: row.kind,
  status: row.status,
  amount: wireAmount(row.amount),
  currency: row.currency,
})

export const refundEntry = (row: RefundRow): HistoryEntry => ({
  type: 'refund',
  at: wireTime(row.created_at),
  id: row.id,
  payment: row.payment_id,
  status: row.status,
  amount: wireAmount(row.amount),
  currency: row.currency,
  out_refund_no: row.out_refund_no,
  failure_code: row.failure_code,
  updated_at: wireTime(row.updated_at),
})

export const ledgerEntry = (row: LedgerRow): HistoryEntry => ({
  type: 'ledger_transaction',
  at: wireTime(row.posted_at),
  id: row.id,
  kind: row.kind,
  source: row.source_id,
  description: row.description,
  entries: row.entries.map(({ account_code: account, ...entry }) => ({ account, ...entry })),
})

export const deliveryEntry = (row: DeliveryRow): HistoryEntry => ({
  type: 'webhook_delivery',
  at: wireTime(row.created_at),
  id: row.id,
  event: row.event_id,
  endpoint: row.endpoint_id,
  status: row.status,
  attempt_count: row.attempt_count,
  response_status: row.response_status,
  error: row.error,
})

export const requestEntry = (row: RequestRow): HistoryEntry => ({
  type: 'request',
  at: wireTime(row.created_at),
  id: row.id,
  method: row.method,
  path: row.path,
  status: row.status,
  error_code: row.error_code,
  duration_us: row.duration_us,
})

/** A call comes before what it caused, and a change before what was told and booked of it. */
const ORDER: Readonly<Record<HistoryEntry['type'], number>> = {
  request: 0,
  payment_attempt: 1,
  refund: 1,
  event: 2,
  late_success: 2,
  ledger_transaction: 3,
  webhook_delivery: 4,
}

export function inOrder(entries: readonly HistoryEntry[]): HistoryEntry[] {
  return entries.toSorted(
    (left, right) =>
      Date.parse(left.at) - Date.parse(right.at) ||
      ORDER[left.type] - ORDER[right.type] ||
      (left.id < right.id ? -1 : 1),
  )
}
