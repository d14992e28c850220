import type { InvariantRule } from './invariant.types.js'

/** What the movements of a wallet add up to. */
const MOVED = `
  select institution_id, livemode, wallet_id, sum(balance_change) as balance, sum(held_change) as held
    from wallet_transactions group by institution_id, livemode, wallet_id`

/** What the ledger owes a payer: in the wallet, and held for refunds of top-ups. */
const OWED = `
  select institution_id, livemode, split_part(account_code, ':', 2) as wallet_id, currency,
         coalesce(sum(case direction when 'credit' then amount else -amount end)
           filter (where account_code like 'payer_wallet:%'), 0) as balance,
         coalesce(sum(case direction when 'credit' then amount else -amount end)
           filter (where account_code like 'wallet_hold:%'), 0) as held
    from ledger_entries
   where account_code like 'payer_wallet:%' or account_code like 'wallet_hold:%'
   group by institution_id, livemode, split_part(account_code, ':', 2), currency`

/** What was given back of each order. */
const REFUNDED = `
  select institution_id, livemode, order_no, sum(amount) as amount
    from wallet_transactions where kind = 'charge_refund'
   group by institution_id, livemode, order_no`

/** Wallets (stored value): the row, its movements and the ledger say the same, and none is negative. */
export const WALLET_RULES: readonly InvariantRule[] = [
  {
    name: 'wallet_negative',
    sql: `select institution_id, livemode, id as wallet_id, balance, held
            from wallets where balance < 0 or held < 0 or (status = 'closed' and balance + held > 0)`,
  },
  {
    name: 'wallet_movements_differ',
    sql: `
      select wallet.institution_id, wallet.livemode, wallet.id as wallet_id, wallet.balance,
             wallet.held, coalesce(moved.balance, 0)::bigint as moved_balance,
             coalesce(moved.held, 0)::bigint as moved_held
        from wallets as wallet
        left join (${MOVED}) as moved
          on moved.institution_id = wallet.institution_id and moved.livemode = wallet.livemode
         and moved.wallet_id = wallet.id
       where (wallet.balance, wallet.held) is distinct from
             (coalesce(moved.balance, 0), coalesce(moved.held, 0))`,
  },
  {
    name: 'wallet_ledger_differs',
    sql: `
      select coalesce(wallet.institution_id, owed.institution_id) as institution_id,
             coalesce(wallet.livemode, owed.livemode) as livemode,
             coalesce(wallet.id, owed.wallet_id) as wallet_id, wallet.balance, wallet.held,
             owed.balance::bigint as ledger_balance, owed.held::bigint as ledger_held
        from wallets as wallet
        full join (${OWED}) as owed
          on owed.institution_id = wallet.institution_id and owed.livemode = wallet.livemode
         and owed.wallet_id = wallet.id and owed.currency = wallet.currency
       where wallet.id is null
          or (wallet.balance, wallet.held) is distinct from
             (coalesce(owed.balance, 0), coalesce(owed.held, 0))`,
  },
  {
    // Paid orders and charges are the same thing told twice.
    name: 'wallet_order_charge_differs',
    sql: `
      select coalesce(orders.institution_id, charge.institution_id) as institution_id,
             coalesce(orders.livemode, charge.livemode) as livemode,
             coalesce(orders.order_no, charge.source_id) as order_no, orders.status,
             orders.amount, charge.amount as charged
        from (select * from wallet_orders where status = 'paid') as orders
        full join (select * from wallet_transactions where kind = 'charge') as charge
          on charge.institution_id = orders.institution_id and charge.livemode = orders.livemode
         and charge.source_id = orders.order_no
       where (orders.order_no, orders.amount, orders.wallet_id) is distinct from
             (charge.order_no, charge.amount, charge.wallet_id)`,
  },
  {
    name: 'wallet_order_refunds_differ',
    sql: `
      select orders.institution_id, orders.livemode, orders.order_no, orders.amount,
             orders.amount_refunded, coalesce(refunded.amount, 0)::bigint as refunds
        from wallet_orders as orders
        left join (${REFUNDED}) as refunded
          on refunded.institution_id = orders.institution_id
         and refunded.livemode = orders.livemode and refunded.order_no = orders.order_no
       where orders.amount_refunded <> coalesce(refunded.amount, 0)
          or orders.amount_refunded > orders.amount`,
  },
  {
    // What the campus card is said to have paid, a wallet has paid.
    name: 'wallet_payment_not_charged',
    sql: `
      select attempt.institution_id, attempt.livemode, attempt.payment_id, attempt.id as attempt_id,
             attempt.amount, orders.status as order_status
        from payment_attempts as attempt
        left join wallet_orders as orders
          on orders.institution_id = attempt.institution_id
         and orders.livemode = attempt.livemode and orders.order_no = attempt.channel_order_no
       where attempt.channel = 'campus_card' and attempt.status = 'succeeded'
         and (orders.status, orders.amount, orders.channel_account_id) is distinct from
             ('paid', attempt.amount, attempt.channel_account_id)`,
  },
  {
    // Numbers of a day run from 1 without a gap, up to the last one given.
    name: 'counter_numbers_differ',
    sql: `
      select coalesce(day.institution_id, entry.institution_id) as institution_id,
             coalesce(day.livemode, entry.livemode) as livemode,
             coalesce(day.business_date, entry.business_date)::text as business_date,
             day.last_number, entry.count as entries, entry.highest
        from counter_days as day
        full join (
          select institution_id, livemode, business_date, count(*) as count, max(number) as highest
            from counter_entries group by institution_id, livemode, business_date) as entry
          on entry.institution_id = day.institution_id and entry.livemode = day.livemode
         and entry.business_date = day.business_date
       where (day.last_number, day.last_number) is distinct from (entry.count, entry.highest)`,
  },
  {
    // An order is received, and a refund handed out, exactly when the journal says so.
    name: 'counter_journal_differs',
    sql: `
      select coalesce(done.institution_id, entry.institution_id) as institution_id,
             coalesce(done.livemode, entry.livemode) as livemode,
             coalesce(done.kind, entry.kind) as kind, coalesce(done.number, entry.source) as number,
             done.amount, entry.amount as journal_amount
        from (select institution_id, livemode, 'receipt' as kind, order_no as number, amount
                from counter_orders where status = 'paid'
              union all
              select institution_id, livemode, 'refund', refund_no, amount
                from counter_refunds where status = 'handed_out') as done
        full join (select institution_id, livemode, kind, amount,
                          coalesce(refund_no, order_no) as source from counter_entries) as entry
          on entry.institution_id = done.institution_id and entry.livemode = done.livemode
         and entry.kind = done.kind and entry.source = done.number
       where done.amount is distinct from entry.amount`,
  },
]
