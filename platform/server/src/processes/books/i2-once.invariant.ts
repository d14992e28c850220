import { BOOKED_ATTEMPTS } from './booked-attempts.sql.js'
import type { Invariant, InvariantRule } from './invariant.types.js'

export const I2_ONCE: Invariant = {
  id: 'I2',
  title: 'one number, at most one payment; one payment, at most one booked success',
  checkedSql: 'select count(*) as checked from payments',
  rules: [
    numberUsedTwice('payments', 'out_trade_no'),
    numberUsedTwice('refunds', 'out_refund_no'),
    numberUsedTwice('bills', 'out_bill_no'),
    {
      name: 'payment_booked_twice',
      sql: `
        select institution_id, livemode, payment_id, array_agg(id order by id) as attempt_ids
          from (${BOOKED_ATTEMPTS}) as booked
         group by institution_id, livemode, payment_id having count(*) > 1`,
    },
    {
      name: 'source_posted_twice',
      sql: `
        select institution_id, livemode, kind, source_id, array_agg(id order by id) as transaction_ids
          from ledger_transactions
         group by institution_id, livemode, kind, source_id having count(*) > 1`,
    },
    {
      name: 'channel_transaction_booked_twice',
      sql: `
        select institution_id, livemode, channel_account_id, channel_transaction_no,
               array_agg(id order by id) as attempt_ids, array_agg(payment_id order by id) as payment_ids
          from (${BOOKED_ATTEMPTS}) as booked
         where channel_transaction_no is not null
         group by institution_id, livemode, channel_account_id, channel_transaction_no
        having count(*) > 1`,
    },
    {
      name: 'checkout_paid_twice',
      sql: `
        select institution_id, livemode, checkout_id, array_agg(id order by id) as payment_ids
          from payments where status = 'succeeded' and checkout_id is not null
         group by institution_id, livemode, checkout_id having count(*) > 1`,
    },
  ],
}

/** The unique index forbids it; this finds it when the index was lost. */
function numberUsedTwice(table: string, column: string): InvariantRule {
  return {
    name: `${column}_used_twice`,
    sql: `
      select institution_id, livemode, app_id, ${column}, array_agg(id order by id) as ids
        from ${table} group by institution_id, livemode, app_id, ${column} having count(*) > 1`,
  }
}
