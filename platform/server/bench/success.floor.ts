// The floor: the same rows in the same tables, as a good engineer would write it by hand for this one case: one
// prepared select, and one prepared statement that locks, moves, books and tells, one commit per success.
import type { Pool } from 'pg'
import type { PaidState } from '../src/domains/payments/payment-record.service.js'
import { newId } from '../src/kernel/id.js'

const FIND = `
select attempt.id, attempt.payment_id, attempt.channel_account_id, attempt.amount, payment.department_id,
       payment.app_id, payment.subject, payment.out_trade_no
  from payment_attempts as attempt
  join payments as payment on payment.institution_id = $1 and payment.livemode = $2
                          and payment.id = attempt.payment_id
 where attempt.institution_id = $1 and attempt.livemode = $2 and attempt.channel_order_no = $3`

const RECORD = `
with locked as (
  select id from payments where institution_id = $1 and livemode = $2 and id = $3
     and status = 'pending' for update
), attempt as (
  update payment_attempts set status = 'succeeded', channel_transaction_no = $5, updated_at = now()
    from locked where institution_id = $1 and livemode = $2 and payment_attempts.id = $4
     and status = 'pending' returning payment_attempts.id
), payment as (
  update payments set status = 'succeeded', succeeded_at = $6, next_action = null, updated_at = now()
    from attempt where institution_id = $1 and livemode = $2 and payments.id = $3 returning payments.id
), accounts as (
  insert into ledger_accounts (institution_id, livemode, code, currency, type)
  values ($1, $2, $7, 'CNY', 'asset'), ($1, $2, $8, 'CNY', 'liability') on conflict do nothing
), txn as (
  insert into ledger_transactions (institution_id, livemode, id, kind, source_id, description,
    business_date, posted_at)
  select $1, $2, $9, 'payment', $3, $10, ($6::timestamptz at time zone 'Asia/Shanghai')::date, $6 from payment
), entries as (
  insert into ledger_entries (institution_id, livemode, transaction_id, position, account_code, currency,
    direction, amount)
  select $1, $2, $9, position, code, 'CNY', direction, $11
    from payment, (values (0, $7, 'debit'), (1, $8, 'credit')) as entry(position, code, direction)
)
insert into events (institution_id, livemode, id, app_id, type, api_version, object, created_at)
select $1, $2, $12, $13, 'payment.succeeded', '2026-11-22', $14::jsonb, now() from payment returning id`

interface Found {
  readonly id: string
  readonly payment_id: string
  readonly channel_account_id: string
  readonly amount: string
  readonly department_id: string
  readonly app_id: string
  readonly subject: string
  readonly out_trade_no: string
}

export async function recordByHand(
  pool: Pool,
  tenant: { readonly institution_id: string; readonly livemode: boolean },
  paid: PaidState,
): Promise<void> {
  const key = [tenant.institution_id, tenant.livemode]
  const found = await pool.query<Found>({
    name: 'floor_find',
    text: FIND,
    values: [...key, paid.order_no],
  })
  const [row] = found.rows
  if (!row || BigInt(row.amount) !== paid.amount.minor) throw new Error('another amount')
  const object = {
    id: row.payment_id,
    object: 'payment',
    livemode: tenant.livemode,
    status: 'succeeded',
    out_trade_no: row.out_trade_no,
    subject: row.subject,
    amount: Number(row.amount),
    currency: 'CNY',
    department: row.department_id,
    succeeded_at: paid.paid_at,
  }
  const recorded = await pool.query({
    name: 'floor_record',
    text: RECORD,
    values: [
      ...[...key, row.payment_id, row.id, paid.transaction_no, paid.paid_at],
      `channel_clearing:${row.channel_account_id}`,
      `department_payable:${row.department_id}`,
      ...[newId('txn'), row.subject, row.amount, newId('evt'), row.app_id, JSON.stringify(object)],
    ],
  })
  if (recorded.rowCount !== 1) throw new Error('it was not recorded')
}
