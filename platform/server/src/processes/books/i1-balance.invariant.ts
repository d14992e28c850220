import type { Invariant } from './invariant.types.js'

/** What the sealed transactions add up to, per account. */
const SEALED = `
  select entry.institution_id, entry.livemode, entry.account_code, entry.currency,
         coalesce(sum(entry.amount) filter (where entry.direction = 'debit'), 0)::bigint as debits,
         coalesce(sum(entry.amount) filter (where entry.direction = 'credit'), 0)::bigint as credits
    from ledger_chain as link
    join ledger_entries as entry
      on entry.institution_id = link.institution_id and entry.livemode = link.livemode
     and entry.transaction_id = link.transaction_id
   group by entry.institution_id, entry.livemode, entry.account_code, entry.currency`

export const I1_BALANCE: Invariant = {
  id: 'I1',
  title: 'debits = credits in every transaction and currency; snapshots are what they sum up',
  checkedSql: 'select count(*) as checked from ledger_transactions',
  rules: [
    {
      name: 'transaction_unbalanced',
      sql: `
        select institution_id, livemode, transaction_id, currency,
               coalesce(sum(amount) filter (where direction = 'debit'), 0)::bigint as debits,
               coalesce(sum(amount) filter (where direction = 'credit'), 0)::bigint as credits
          from ledger_entries
         group by institution_id, livemode, transaction_id, currency
        having sum(case direction when 'debit' then amount else -amount end) <> 0`,
    },
    {
      name: 'transaction_without_entries',
      sql: `
        select institution_id, livemode, id as transaction_id, kind, source_id
          from ledger_transactions as txn
         where not exists (
           select from ledger_entries as entry
            where entry.institution_id = txn.institution_id and entry.livemode = txn.livemode
              and entry.transaction_id = txn.id)`,
    },
    {
      name: 'entry_amount_not_positive',
      sql: `
        select institution_id, livemode, transaction_id, position, account_code, amount
          from ledger_entries where amount <= 0`,
    },
    {
      // A balance is the snapshot and the unsealed rest: it is right when the snapshot is.
      name: 'snapshot_differs',
      sql: `
        select coalesce(snapshot.institution_id, sealed.institution_id) as institution_id,
               coalesce(snapshot.livemode, sealed.livemode) as livemode,
               coalesce(snapshot.account_code, sealed.account_code) as account_code,
               coalesce(snapshot.currency, sealed.currency) as currency,
               snapshot.debits, snapshot.credits, sealed.debits as entries_debits,
               sealed.credits as entries_credits
          from ledger_snapshots as snapshot
          full join (${SEALED}) as sealed
            on sealed.institution_id = snapshot.institution_id
           and sealed.livemode = snapshot.livemode
           and sealed.account_code = snapshot.account_code and sealed.currency = snapshot.currency
         where (snapshot.debits, snapshot.credits) is distinct from (sealed.debits, sealed.credits)`,
    },
  ],
}
