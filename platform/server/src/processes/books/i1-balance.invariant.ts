import type { Invariant } from './invariant.types.js'

export const I1_BALANCE: Invariant = {
  id: 'I1',
  title: 'debits = credits in every transaction and currency',
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
  ],
}
