// Plain SQL on purpose: posting is on the hot path of every payment (one round trip per transaction).
import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import type { BookedEntry } from './ledger.rules.js'
import type { AccountBalance, LedgerPosting } from './ledger.types.js'

/** A posting that was checked and merged, with what the ledger adds to it. */
export interface NewLedgerTransaction extends LedgerPosting {
  readonly id: string
  /** `YYYY-MM-DD`, in the institution's time zone. */
  readonly business_date: string
}

/**
 * The transaction key decides who posts: whoever comes second waits for the first to commit, then adds
 * nothing. Accounts are made in the order of their codes, so that two postings that make the same
 * accounts wait for each other in one direction. The foreign key from entries to accounts is checked
 * when the statement ends, so the order of the inserts inside it does not matter.
 */
const POST = `
  with added as (
    insert into ledger_transactions
      (institution_id, livemode, id, kind, source_id, description, business_date, posted_at)
    values ($1, $2, $3, $4, $5, $6, $7::date, $8::timestamptz)
    on conflict (institution_id, livemode, kind, source_id) do nothing
    returning id
  ), entry as (
    select *
      from unnest($10::text[], $11::text[], $12::text[], $13::bigint[])
           with ordinality as given(account_code, type, direction, amount, position)
  ), accounts as (
    insert into ledger_accounts (institution_id, livemode, code, currency, type)
    select $1, $2, needed.account_code, $9, needed.type
      from added, (select distinct account_code, type from entry) as needed
     order by needed.account_code
    on conflict (institution_id, livemode, code, currency) do nothing
  ), entries as (
    insert into ledger_entries
      (institution_id, livemode, transaction_id, position, account_code, currency, direction, amount)
    select $1, $2, added.id, entry.position - 1, entry.account_code, $9, entry.direction, entry.amount
      from added, entry
  )
  select id from added`

@Injectable()
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /** Adds a transaction with its entries; false when this kind and source was posted before. */
  async insert(tx: Transaction, transaction: NewLedgerTransaction): Promise<boolean> {
    const { entries } = transaction
    const added = await tx.query<{ id: string }>(POST, [
      transaction.institution_id,
      transaction.livemode,
      transaction.id,
      transaction.kind,
      transaction.source_id,
      transaction.description,
      transaction.business_date,
      transaction.posted_at,
      transaction.currency,
      entries.map((entry) => entry.account.code),
      entries.map((entry) => entry.account.type),
      entries.map((entry) => entry.direction),
      entries.map((entry) => entry.amount),
    ])
    assert(added.length <= 1, 'one posting adds one transaction')
    return added.length === 1
  }

  /** The entries that were posted for this kind and source. */
  findEntries(
    tx: Transaction,
    source: Pick<LedgerPosting, 'institution_id' | 'livemode' | 'kind' | 'source_id'>,
  ): Promise<BookedEntry[]> {
    return tx.query<BookedEntry>(
      `select entry.account_code, entry.currency, entry.direction, entry.amount
         from ledger_transactions as txn
         join ledger_entries as entry
           on entry.institution_id = txn.institution_id and entry.livemode = txn.livemode
          and entry.transaction_id = txn.id
        where txn.institution_id = $1 and txn.livemode = $2 and txn.kind = $3 and txn.source_id = $4
        order by entry.position`,
      [source.institution_id, source.livemode, source.kind, source.source_id],
    )
  }

  balances(tenant: Tenant): Promise<AccountBalance[]> {
    return this.database.query<AccountBalance>(
      `select account.code as account_code, account.type, account.currency,
              coalesce(sum(entry.amount) filter (where entry.direction = 'debit'), 0)::bigint as debits,
              coalesce(sum(entry.amount) filter (where entry.direction = 'credit'), 0)::bigint as credits
         from ledger_accounts as account
         left join ledger_entries as entry
           on entry.institution_id = account.institution_id and entry.livemode = account.livemode
          and entry.account_code = account.code and entry.currency = account.currency
        where account.institution_id = $1 and account.livemode = $2
        group by account.code, account.type, account.currency
        order by account.code, account.currency`,
      [tenant.institution_id, tenant.livemode],
    )
  }
}
