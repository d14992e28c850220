// Hot path: creating a payment is one statement, shared with the other creates of this moment.
import { Injectable } from '@nestjs/common'
import { Coalescer } from '../../infra/database/coalescer.js'
import { Database } from '../../infra/database/database.js'
import { type Caller, type IdempotentRequest, keepFor } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import type { Payment } from './payment.types.js'

/** A payment of a direct amount for which no order is placed yet: nothing but rows. */
export interface NewPaymentRow {
  readonly caller: Caller
  readonly request: IdempotentRequest
  readonly payment: Payment
  /** The wire form: what the caller gets, and what a retry gets. */
  readonly body: string
  /** What the event says; another text only when the caller asked for another version than its app's. */
  readonly event_body: string
}

/**
 * Nonce, payment, idempotency key with its answer, and event: all or nothing. A known idempotency key or a
 * taken out_trade_no yields no row and writes nothing; a nonce used before breaks the unique key of
 * request_nonces and with it the statement. One institution per statement keeps it on one shard.
 */
const INSERT = `
with input as (
  select * from jsonb_to_recordset($2::jsonb) as row(
    livemode boolean, id text, app_id text, department_id text, out_trade_no text, subject text,
    currency text, amount bigint, return_url text, expires_at timestamptz, metadata jsonb,
    created_at timestamptz, key_id text, nonce text, route text, key text, request_hash text,
    allotted_id text, keep interval, event_id text, api_version text, body text, event_body text,
    request_id text)
), unknown as (
  select * from input where not exists (
    select from idempotency_keys known
     where known.institution_id = $1 and known.livemode = input.livemode
       and known.app_id = input.app_id and known.route = input.route and known.key = input.key)
), created as (
  insert into payments (institution_id, livemode, id, app_id, department_id, out_trade_no, subject,
    currency, amount, status, return_url, expires_at, metadata, created_at, updated_at)
  select $1, livemode, id, app_id, department_id, out_trade_no, subject, currency, amount, 'created',
    return_url, expires_at, metadata, created_at, created_at
    from unknown
  on conflict do nothing returning id
), nonces as (
  insert into request_nonces (institution_id, key_id, nonce)
  select $1, key_id, nonce from unknown join created using (id)
), keys as (
  insert into idempotency_keys (institution_id, livemode, app_id, route, key, request_hash, allotted_id,
    response_status, response_body, locked_until, expires_at)
  select $1, livemode, app_id, route, key, decode(request_hash, 'hex'), allotted_id, 201, body, now(),
    now() + keep
    from unknown join created using (id)
), told as (
  insert into events (institution_id, livemode, id, app_id, type, api_version, object, object_id,
    request_id, created_at)
  select $1, livemode, event_id, app_id, 'payment.created', api_version, coalesce(event_body, body)::jsonb,
    id, request_id, created_at
    from unknown join created using (id)
)
select id from created`

@Injectable()
export class PaymentCreateWriter {
  private readonly writer: Coalescer<NewPaymentRow, boolean>

  constructor(private readonly database: Database) {
    this.writer = new Coalescer({
      groupOf: (row) => row.caller.institution_id,
      run: (rows) => this.write(rows),
    })
  }

  /** True when this call created the payment; false when key or number are known and nothing was written. */
  create(row: NewPaymentRow): Promise<boolean> {
    return this.writer.submit(row)
  }

  private async write(rows: readonly NewPaymentRow[]): Promise<readonly boolean[]> {
    const [first] = rows
    const created = await this.database.query<{ id: string }>(
      INSERT,
      [first?.caller.institution_id, JSON.stringify(rows.map(toInput))],
      'payment_create',
    )
    const ids = new Set(created.map(({ id }) => id))
    return rows.map(({ payment }) => ids.has(payment.id))
  }
}

function toInput({ caller, request, payment, body, event_body }: NewPaymentRow) {
  return {
    livemode: payment.livemode,
    id: payment.id,
    app_id: payment.app_id,
    department_id: payment.department_id,
    out_trade_no: payment.out_trade_no,
    subject: payment.subject,
    currency: payment.currency,
    amount: Number(payment.amount),
    return_url: payment.return_url,
    expires_at: payment.expires_at,
    metadata: payment.metadata,
    created_at: payment.created_at,
    key_id: caller.actor_id,
    nonce: request.nonce,
    route: request.route,
    key: request.key,
    request_hash: request.request_hash.toString('hex'),
    allotted_id: request.allotted_id,
    keep: keepFor(caller),
    event_id: newId('evt'),
    request_id: caller.request_id,
    api_version: caller.api_version,
    body,
    // Not sent twice when it is the same text.
    event_body: event_body === body ? null : event_body,
  }
}
