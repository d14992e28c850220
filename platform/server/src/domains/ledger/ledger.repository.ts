// Plain SQL on purpose: posting is on the hot path of every payment (one round trip per transaction).
import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import type { BookedEntry } from './ledger.rules.js'
import type { AccountBalance, LedgerPosting } from './ledger.types.js'

/** A posting that was checked and merged, with what the ledger adds to it. */
export interface NewLedgerTransaction extends LedgerPosting {
  readonly id: string
  /** `YYYY-MM-DD`, in the institution's time zone. */
  readonly business_date: string
}

/**
 * Transactions of one institution and mode, in one statement. The transaction key decides who posts: whoever
 * comes second waits for the first to commit, then adds nothing; so that two of these cannot wait for each
 * other, they add in the order of their keys. Accounts are made in the order of their codes, for the same
 * reason. The foreign key from entries to accounts is checked when the statement ends, so the order of the
 * inserts inside it does not matter.
 */
const POST = `
  with input as (
    select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::timestamptz[],
                         $9::text[])
      as given(id, kind, source_id, description, business_date, posted_at, corrects_id)
  ), added as (
    insert into ledger_transactions
      (institution_id, livemode, id, kind, source_id, description, business_date, posted_at, corrects_id)
    select $1, $2, id, kind, source_id, description, business_date, posted_at, corrects_id
      from input order by kind, source_id
    on conflict (institution_id, livemode, kind, source_id) do nothing
    returning id
  ), entry as (
    select given.* from added join unnest($10::text[], $11::int[], $12::text[], $13::text[], $14::text[],
                                          $15::text[], $16::bigint[])
      as given(transaction_id, position, account_code, type, currency, direction, amount)
      on given.transaction_id = added.id
  ), accounts as (
    insert into ledger_accounts (institution_id, livemode, code, currency, type)
    select $1, $2, needed.account_code, needed.currency, needed.type
      from (select distinct account_code, currency, type from entry) as needed
     where not exists (
       select from ledger_accounts as known
        where known.institution_id = $1 and known.livemode = $2 and known.code = needed.account_code
          and known.currency = needed.currency)
     order by needed.account_code, needed.currency
    on conflict (institution_id, livemode, code, currency) do nothing
  ), entries as (
    insert into ledger_entries
      (institution_id, livemode, transaction_id, position, account_code, currency, direction, amount)
    select $1, $2, transaction_id, position, account_code, currency, direction, amount from entry
  )
  select id from added`

@Injectable()
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds transactions of one institution and mode with their entries. Answers the ids that were added: those
   * missing had a kind and source that were posted before.
   */
  async insert(
    tx: Transaction,
    tenant: Tenant,
    transactions: readonly NewLedgerTransaction[],
  ): Promise<ReadonlySet<string>> {
    const entries = transactions.flatMap(({ id, currency, entries: all }) =>
      all.map((entry, position) => ({ ...entry, id, currency, position })),
    )
    const added = await tx.query<{ id: string }>(
      POST,
      [
        tenant.institution_id,
        tenant.livemode,
        transactions.map((one) => one.id),
        transactions.map((one) => one.kind),
        transactions.map((one) => one.source_id),
        transactions.map((one) => one.description),
        transactions.map((one) => one.business_date),
        transactions.map((one) => one.posted_at),
        transactions.map((one) => one.corrects_id ?? null),
        entries.map((entry) => entry.id),
        entries.map((entry) => entry.position),
        entries.map((entry) => entry.account.code),
        entries.map((entry) => entry.account.type),
        entries.map((entry) => entry.currency),
        entries.map((entry) => entry.direction),
        entries.map((entry) => entry.amount),
      ],
      'ledger_post',
    )
    return new Set(added.map(({ id }) => id))
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

  async findId(
    tx: Transaction,
    tenant: Tenant,
    kind: string,
    sourceId: string,
  ): Promise<string | null> {
    const [row] = await tx.query<{ id: string }>(
      `select id from ledger_transactions
        where institution_id = $1 and livemode = $2 and kind = $3 and source_id = $4`,
      [tenant.institution_id, tenant.livemode, kind, sourceId],
    )
    return row?.id ?? null
  }

  /** All accounts, or these. */
  balances(tenant: Tenant, accountCodes: readonly string[] | null): Promise<AccountBalance[]> {
    return this.database.query<AccountBalance>(
      balancesOf('($3::text[] is null or account.code = any($3))', ''),
      [tenant.institution_id, tenant.livemode, accountCodes],
    )
  }

  /** In the order of codes and currencies, one more than the page. The cursor is both, with a blank between. */
  balancePage(tenant: Tenant, page: BalancePage): Promise<AccountBalance[]> {
    const [code = null, currency = null] = page.cursor?.split(' ') ?? []
    return this.database.query<AccountBalance>(
      balancesOf(
        `($3::text is null or account.code = $3)
          and ($4::text is null or (account.code, account.currency) > ($4, $5))`,
        'limit $6',
      ),
      [
        ...[tenant.institution_id, tenant.livemode, page.account_code],
        ...[code, currency, page.limit + 1],
      ],
    )
  }
}

export interface BalancePage {
  readonly limit: number
  readonly cursor: string | null
  readonly account_code: string | null
}

/**
 * Per account, what was ever debited and credited: the snapshot, and the entries that no snapshot knows
 * yet. One statement, so both are of the same moment; sealing moves a transaction from one to the other in
 * one commit.
 */
function balancesOf(condition: string, limit: string): string {
  return `
    with wanted as (
      select account.code, account.currency, account.type from ledger_accounts as account
       where account.institution_id = $1 and account.livemode = $2 and ${condition}
       order by account.code, account.currency ${limit}
    ), tail as (
      select entry.account_code, entry.currency,
             sum(entry.amount) filter (where entry.direction = 'debit') as debits,
             sum(entry.amount) filter (where entry.direction = 'credit') as credits
        from ledger_unsealed as waiting
        join ledger_entries as entry
          on entry.institution_id = $1 and entry.livemode = $2
         and entry.transaction_id = waiting.transaction_id
       where waiting.institution_id = $1 and waiting.livemode = $2
       group by entry.account_code, entry.currency
    )
    select wanted.code as account_code, wanted.type, wanted.currency,
           (coalesce(snapshot.debits, 0) + coalesce(tail.debits, 0))::bigint as debits,
           (coalesce(snapshot.credits, 0) + coalesce(tail.credits, 0))::bigint as credits
      from wanted
      left join ledger_snapshots as snapshot
        on snapshot.institution_id = $1 and snapshot.livemode = $2
       and snapshot.account_code = wanted.code and snapshot.currency = wanted.currency
      left join tail on tail.account_code = wanted.code and tail.currency = wanted.currency
     order by wanted.code, wanted.currency`
}
