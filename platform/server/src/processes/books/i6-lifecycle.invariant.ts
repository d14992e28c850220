import { CHAIN_RULES } from './i6-chain.rules.js'
import type { Invariant } from './invariant.types.js'

/** The lifecycles, written down a second time on purpose: this is what the code is checked against. */
const LIFECYCLES = {
  bills: ['open', 'partially_paid', 'paid', 'expired', 'void'],
  checkouts: ['open', 'completed', 'expired', 'cancelled'],
  payments: ['created', 'pending', 'processing', 'succeeded', 'failed', 'closed'],
  payment_attempts: ['created', 'pending', 'processing', 'succeeded', 'failed', 'closed'],
  refunds: [
    'created',
    'awaiting_approval',
    'approved',
    'rejected',
    'processing',
    'succeeded',
    'failed',
  ],
  late_successes: ['posted', 'refunded'],
  ledger_corrections: ['awaiting_approval', 'posted', 'rejected'],
} as const

/** Triggers and constraints without which the database would let anyone break the books. */
const TRIGGERS = [
  ['ledger_transactions', 'ledger_transactions_append_only'],
  ['ledger_entries', 'ledger_entries_append_only'],
  ['ledger_entries', 'ledger_entries_balanced'],
  ['ledger_transactions', 'ledger_transactions_await_seal'],
  ['ledger_chain', 'ledger_chain_append_only'],
  ['ledger_roots', 'ledger_roots_append_only'],
  ['ledger_corrections', 'ledger_corrections_kept'],
  ['payment_splits', 'payment_splits_kept'],
  ['wallet_transactions', 'wallet_transactions_append_only'],
  ['wallets', 'wallets_immutable'],
  ['wallet_orders', 'wallet_orders_immutable'],
  ['counter_orders', 'counter_orders_immutable'],
  ['counter_entries', 'counter_entries_append_only'],
  ['payments', 'payments_keep_app'],
  ['refunds', 'refunds_keep_app'],
  ['bills', 'bills_keep_app'],
  ['checkouts', 'checkouts_keep_app'],
] as const
const CONSTRAINTS = [
  ['bills', 'bills_amounts'],
  ['payments', 'payments_amounts'],
  ['payments', 'payments_current_attempt'],
  ['payment_items', 'payment_items_amounts'],
  ['refunds', 'refunds_amounts'],
  ['late_successes', 'late_successes_amounts'],
  ['ledger_entries', 'ledger_entries_amounts'],
  ['ledger_entries', 'ledger_entries_direction'],
  ['ledger_transactions', 'ledger_transactions_corrects'],
  ['ledger_corrections', 'ledger_corrections_shape'],
  ['payment_splits', 'payment_splits_amounts'],
  ['wallets', 'wallets_never_negative'],
  ['wallets', 'wallets_closed_empty'],
  ['wallet_transactions', 'wallet_transactions_amounts'],
  ['wallet_orders', 'wallet_orders_amounts'],
  ['counter_orders', 'counter_orders_amounts'],
] as const

const valuesOf = (rows: readonly (readonly [string, string])[]) =>
  rows.map(([table, name]) => `('${table}', '${name}')`).join(', ')

export const I6_LIFECYCLE: Invariant = {
  id: 'I6',
  title: 'every status is of its lifecycle; ends are final; the ledger is guarded and unaltered',
  checkedSql: `select ${Object.keys(LIFECYCLES)
    .map((table) => `(select count(*) from ${table})`)
    .join(' + ')} as checked`,
  rules: [
    ...Object.entries(LIFECYCLES).map(([table, statuses]) => ({
      name: `${table}_status_unknown`,
      sql: `
        select institution_id, livemode, id, status from ${table}
         where status not in (${statuses.map((status) => `'${status}'`).join(', ')})`,
    })),
    // A reset sets aside what was done in test mode, whole, and in the name of something that says so.
    ...(['payments', 'refunds', 'bills', 'checkouts'] as const).map((table) => ({
      name: `${table}_set_aside_wrongly`,
      sql: `
        select mine.institution_id, mine.livemode, mine.id, mine.app_id from ${table} mine
         where starts_with(mine.app_id, 'rst_')
           and (mine.livemode
                or not exists (select from apps
                                where apps.institution_id = mine.institution_id
                                  and apps.id = mine.app_id and apps.set_aside_of is not null))`,
    })),
    {
      name: 'refund_apart_from_its_payment',
      sql: `
        select refund.institution_id, refund.livemode, refund.id, refund.app_id, payment.app_id as payment_app_id
          from refunds refund
          join payments payment
            on payment.institution_id = refund.institution_id and payment.livemode = refund.livemode
           and payment.id = refund.payment_id
         where payment.app_id <> refund.app_id
           and (starts_with(payment.app_id, 'rst_') or starts_with(refund.app_id, 'rst_'))`,
    },
    {
      name: 'payment_end_differs',
      sql: `
        select institution_id, livemode, id as payment_id, status, succeeded_at, closed_at
          from payments
         where (status = 'succeeded') <> (succeeded_at is not null)
            or (status = 'closed' and closed_at is null)
            or (status not in ('closed', 'failed') and closed_at is not null)`,
    },
    {
      name: 'payment_without_its_success',
      sql: `
        select institution_id, livemode, id as payment_id, amount from payments as payment
         where status = 'succeeded' and not exists (
           select from payment_attempts as attempt
            where attempt.institution_id = payment.institution_id
              and attempt.livemode = payment.livemode and attempt.payment_id = payment.id
              and attempt.status = 'succeeded')`,
    },
    {
      // An open payment that waits for an order that has ended would wait for ever.
      name: 'payment_current_attempt_differs',
      sql: `
        select payment.institution_id, payment.livemode, payment.id as payment_id, payment.status,
               payment.current_attempt_id, attempt.status as attempt_status
          from payments as payment
          left join payment_attempts as attempt
            on attempt.institution_id = payment.institution_id
           and attempt.livemode = payment.livemode and attempt.id = payment.current_attempt_id
           and attempt.payment_id = payment.id
         where payment.current_attempt_id is not null and (
               attempt.id is null
            or (payment.status = 'succeeded' and attempt.status <> 'succeeded')
            or (payment.status in ('created', 'pending', 'processing')
                and attempt.status in ('succeeded', 'failed', 'closed')))`,
    },
    {
      name: 'refund_end_differs',
      sql: `
        select institution_id, livemode, id as refund_id, status, succeeded_at from refunds
         where (status = 'succeeded') <> (succeeded_at is not null)`,
    },
    {
      name: 'bill_status_differs',
      sql: `
        select institution_id, livemode, id as bill_id, status, amount, amount_paid,
               amount_refunded, amount_reserved
          from bills
         where (status = 'paid' and amount_paid < amount)
            or (status in ('open', 'partially_paid') and amount_paid - amount_refunded = amount)
            or (status = 'void' and (amount_paid > amount_refunded or amount_reserved > 0))`,
    },
    {
      name: 'checkout_completed_unpaid',
      sql: `
        select institution_id, livemode, id as checkout_id, amount from checkouts as checkout
         where status = 'completed' and not exists (
           select from payments as payment
            where payment.institution_id = checkout.institution_id
              and payment.livemode = checkout.livemode and payment.checkout_id = checkout.id
              and payment.status = 'succeeded')`,
    },
    {
      name: 'trigger_missing_or_disabled',
      sql: `
        select wanted.table_name, wanted.name, found.tgenabled
          from (values ${valuesOf(TRIGGERS)}) as wanted(table_name, name)
          left join pg_trigger as found
            on found.tgrelid = to_regclass(wanted.table_name) and found.tgname = wanted.name
         where found.tgenabled is null or found.tgenabled not in ('O', 'A')`,
    },
    {
      name: 'constraint_missing',
      sql: `
        select wanted.table_name, wanted.name
          from (values ${valuesOf(CONSTRAINTS)}) as wanted(table_name, name)
          left join pg_constraint as found
            on found.conrelid = to_regclass(wanted.table_name) and found.conname = wanted.name
         where found.convalidated is not true`,
    },
    ...CHAIN_RULES,
  ],
}
