import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type {
  JournalAccount,
  JournalBalance,
  JournalEntry,
  JournalTransaction,
} from './ledger-journal.format.js'

/** The key of the last transaction of a page. */
export type JournalCursor = Pick<JournalTransaction, 'institution_id' | 'livemode' | 'id'>

/** One entry beside its transaction; the entry's columns are null when the transaction has none. */
type FlatRow = Omit<JournalTransaction, 'entries'> &
  (JournalEntry | Record<keyof JournalEntry, null>)

/** Reads the whole ledger of all institutions, in portions and from one snapshot. */
@Injectable()
export class LedgerJournalRepository {
  constructor(private readonly database: Database) {}

  /** Everything that `work` reads is of one moment, however long it takes, and nothing is locked. */
  snapshot<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read, read only')
      await tx.query('set local statement_timeout = 0')
      return work(tx)
    })
  }

  async currencies(tx: Transaction): Promise<string[]> {
    const rows = await tx.query<{ currency: string }>(
      'select distinct currency from ledger_accounts order by currency',
    )
    return rows.map((row) => row.currency)
  }

  accounts(tx: Transaction): Promise<JournalAccount[]> {
    return tx.query<JournalAccount>(
      `select distinct institution_id, livemode, code, type from ledger_accounts
        order by institution_id, livemode, code`,
    )
  }

  balances(tx: Transaction): Promise<JournalBalance[]> {
    return tx.query<JournalBalance>(
      `select account.institution_id, account.livemode, account.code, account.type, account.currency,
              sum(case entry.direction when 'debit' then entry.amount else -entry.amount end)::bigint
                as balance
         from ledger_accounts as account
         join ledger_entries as entry
           on entry.institution_id = account.institution_id and entry.livemode = account.livemode
          and entry.account_code = account.code and entry.currency = account.currency
        group by account.institution_id, account.livemode, account.code, account.type,
                 account.currency
        order by account.institution_id, account.livemode, account.code, account.currency`,
    )
  }

  async lastBusinessDate(tx: Transaction): Promise<string | null> {
    const [row] = await tx.query<{ last: string | null }>(
      'select max(business_date)::text as last from ledger_transactions',
    )
    return row?.last ?? null
  }

  /** Transactions with their entries, in the order of their keys, so the page after is an index seek. */
  async page(
    tx: Transaction,
    after: JournalCursor | null,
    limit: number,
  ): Promise<JournalTransaction[]> {
    const rows = await tx.query<FlatRow>(
      `select txn.institution_id, txn.livemode, txn.id, txn.kind, txn.source_id, txn.description,
              txn.business_date::text as business_date, txn.posted_at, txn.corrects_id,
              link.position, link.hash,
              entry.account_code, entry.currency, entry.direction, entry.amount, account.type
         from (select * from ledger_transactions
                where $1::text is null or (institution_id, livemode, id) > ($1, $2::boolean, $3::text)
                order by institution_id, livemode, id limit $4) as txn
         left join ledger_chain as link
           on link.institution_id = txn.institution_id and link.livemode = txn.livemode
          and link.transaction_id = txn.id
         left join ledger_entries as entry
           on entry.institution_id = txn.institution_id and entry.livemode = txn.livemode
          and entry.transaction_id = txn.id
         left join ledger_accounts as account
           on account.institution_id = entry.institution_id and account.livemode = entry.livemode
          and account.code = entry.account_code and account.currency = entry.currency
        order by txn.institution_id, txn.livemode, txn.id, entry.position`,
      [after?.institution_id ?? null, after?.livemode ?? null, after?.id ?? null, limit],
    )
    return toTransactions(rows)
  }
}

/** Puts the entries of neighbouring rows together. */
function toTransactions(rows: readonly FlatRow[]): JournalTransaction[] {
  const transactions: (JournalTransaction & { entries: JournalEntry[] })[] = []
  for (const row of rows) {
    const last = transactions.at(-1)
    const isSame = last?.id === row.id && last.institution_id === row.institution_id
    const transaction = isSame && last.livemode === row.livemode ? last : { ...row, entries: [] }
    if (transaction !== last) transactions.push(transaction)
    if (row.account_code !== null) transaction.entries.push(row)
  }
  return transactions
}
