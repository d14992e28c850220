// Rows of many modules, read where they lie and changed by none of this: hand-written SQL, each by an index.

import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { POSTING_KINDS } from '../../ledger/ledger.types.js'
import type {
  AttemptRow,
  DeliveryRow,
  EventRow,
  LateSuccessRow,
  LedgerRow,
  RefundRow,
  RequestRow,
} from './history.types.js'

/** Of each kind. */
export const ROWS_MAX = 200

@Injectable()
export class HistoryRepository {
  constructor(private readonly database: Database) {}

  /** The payments of a checkout. */
  async paymentsOfCheckout(caller: Caller, checkoutId: string): Promise<string[]> {
    return this.ids(
      `select id from payments
        where institution_id = $1 and livemode = $2 and app_id = $3 and checkout_id = $4
        order by id limit ${ROWS_MAX}`,
      [...keyOf(caller), checkoutId],
    )
  }

  /** The payments that collected a bill, or tried to. */
  async paymentsOfBill(caller: Caller, billId: string): Promise<string[]> {
    return this.ids(
      `select payment.id from checkout_items item
         join payments payment
           on payment.institution_id = item.institution_id and payment.livemode = item.livemode
          and payment.checkout_id = item.checkout_id
        where item.institution_id = $1 and item.livemode = $2 and payment.app_id = $3
          and item.bill_id = $4
        order by payment.id limit ${ROWS_MAX}`,
      [...keyOf(caller), billId],
    )
  }

  refundsOf(caller: Caller, paymentIds: readonly string[]): Promise<RefundRow[]> {
    return this.database.query<RefundRow>(
      `select id, payment_id, out_refund_no, channel_refund_no, status, amount, currency,
              failure_code, created_at, updated_at
         from refunds
        where institution_id = $1 and livemode = $2 and app_id = $3 and payment_id = any($4)
        order by id limit ${ROWS_MAX}`,
      [...keyOf(caller), paymentIds],
    )
  }

  attempts(caller: Caller, paymentIds: readonly string[]): Promise<AttemptRow[]> {
    return this.database.query<AttemptRow>(
      `select id, payment_id, channel, method, status, amount, currency, channel_order_no,
              channel_transaction_no, query_count, created_at, updated_at
         from payment_attempts
        where institution_id = $1 and livemode = $2 and payment_id = any($3)
        order by id limit ${ROWS_MAX}`,
      [caller.institution_id, caller.livemode, paymentIds],
    )
  }

  lateSuccesses(caller: Caller, attemptIds: readonly string[]): Promise<LateSuccessRow[]> {
    return this.database.query<LateSuccessRow>(
      `select id, payment_id, kind, status, amount, currency, created_at from late_successes
        where institution_id = $1 and livemode = $2 and attempt_id = any($3)
        order by id limit ${ROWS_MAX}`,
      [caller.institution_id, caller.livemode, attemptIds],
    )
  }

  events(caller: Caller, objectIds: readonly string[]): Promise<EventRow[]> {
    return this.database.query<EventRow>(
      `select id, type, object_id, object ->> 'status' as status, request_id, created_at from events
        where institution_id = $1 and livemode = $2 and app_id = $3 and object_id = any($4)
        order by id limit ${ROWS_MAX}`,
      [...keyOf(caller), objectIds],
    )
  }

  /** What was booked for these sources: objects, or the numbers of a wallet's orders. */
  ledger(caller: Caller, sources: readonly string[]): Promise<LedgerRow[]> {
    return this.database.query<LedgerRow>(
      `select txn.id, txn.kind, txn.source_id, txn.description, txn.posted_at,
              (select jsonb_agg(jsonb_build_object('account_code', entry.account_code,
                 'direction', entry.direction, 'amount', entry.amount, 'currency', entry.currency)
                 order by entry.position)
                 from ledger_entries entry
                where entry.institution_id = txn.institution_id and entry.livemode = txn.livemode
                  and entry.transaction_id = txn.id) as entries
         from ledger_transactions txn
        where txn.institution_id = $1 and txn.livemode = $2
          and txn.kind = any($3) and txn.source_id = any($4)
        order by txn.id limit ${ROWS_MAX}`,
      [caller.institution_id, caller.livemode, POSTING_KINDS, sources],
    )
  }

  deliveries(caller: Caller, eventIds: readonly string[]): Promise<DeliveryRow[]> {
    return this.database.query<DeliveryRow>(
      `select delivery.id, delivery.event_id, delivery.endpoint_id, delivery.status,
              delivery.attempt_count, delivery.created_at, last.response_status, last.error
         from webhook_endpoints endpoint
         join webhook_deliveries delivery
           on delivery.institution_id = endpoint.institution_id
          and delivery.livemode = endpoint.livemode and delivery.endpoint_id = endpoint.id
         left join lateral (
           select response_status, error from webhook_attempts attempt
            where attempt.institution_id = delivery.institution_id
              and attempt.livemode = delivery.livemode and attempt.delivery_id = delivery.id
            order by position desc limit 1) last on true
        where endpoint.institution_id = $1 and endpoint.livemode = $2 and endpoint.app_id = $3
          and delivery.event_id = any($4)
        order by delivery.id limit ${ROWS_MAX}`,
      [...keyOf(caller), eventIds],
    )
  }

  requests(caller: Caller, objectIds: readonly string[]): Promise<RequestRow[]> {
    return this.database.query<RequestRow>(
      `select id, method, path, status, error_code, duration_us, created_at from request_logs
        where institution_id = $1 and livemode = $2 and app_id = $3 and object_id = any($4)
        order by id desc limit ${ROWS_MAX}`,
      [...keyOf(caller), objectIds],
    )
  }

  private async ids(text: string, values: readonly unknown[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(text, values)
    return rows.map(({ id }) => id)
  }
}

const keyOf = ({ institution_id, livemode, app_id }: Caller) => [institution_id, livemode, app_id]
