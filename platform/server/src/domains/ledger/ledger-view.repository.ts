import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import type { BookedEntry } from './ledger.rules.js'
import type { SealableTransaction } from './ledger-chain.rules.js'

/** A transaction as its readers see it: with its entries, and its link once it is sealed. */
export interface TransactionView extends Omit<SealableTransaction, 'entries'> {
  readonly livemode: boolean
  readonly entries: readonly BookedEntry[]
  readonly position: bigint | null
  readonly hash: Buffer | null
}

export interface RootRow {
  readonly business_date: string
  readonly position: bigint
  readonly hash: Buffer
  readonly created_at: Date
}

export interface TransactionFilter {
  readonly limit: number
  readonly cursor: string | null
  readonly kind: string | null
  readonly source_id: string | null
  readonly account_code: string | null
  readonly from: string | null
  readonly before: string | null
}

const VIEW = `
  select txn.id, txn.livemode, txn.kind, txn.source_id, txn.corrects_id, txn.description,
         txn.business_date::text as business_date, txn.posted_at, link.position, link.hash
    from ledger_transactions as txn
    left join ledger_chain as link
      on link.institution_id = txn.institution_id and link.livemode = txn.livemode
     and link.transaction_id = txn.id
   where txn.institution_id = $1 and txn.livemode = $2`

/** Reads of the ledger for its readers. */
@Injectable()
export class LedgerViewRepository {
  constructor(private readonly database: Database) {}

  async find(tenant: Tenant, id: string): Promise<TransactionView | null> {
    const rows = await this.database.query<Omit<TransactionView, 'entries'>>(
      `${VIEW} and txn.id = $3`,
      [...keyOf(tenant), id],
    )
    const [view] = await this.withEntries(tenant, rows)
    return view ?? null
  }

  /** Newest first, one more than the page to learn whether there is more. */
  async list(tenant: Tenant, filter: TransactionFilter): Promise<TransactionView[]> {
    const rows = await this.database.query<Omit<TransactionView, 'entries'>>(
      `${VIEW}
         and ($3::text is null or txn.id < $3)
         and ($4::text is null or txn.kind = $4)
         and ($5::text is null or txn.source_id = $5)
         and ($6::text is null or exists (
               select from ledger_entries as entry
                where entry.institution_id = $1 and entry.livemode = $2
                  and entry.transaction_id = txn.id and entry.account_code = $6))
         and ($7::date is null or txn.business_date >= $7)
         and ($8::date is null or txn.business_date < $8)
       order by txn.id desc limit $9`,
      [
        ...keyOf(tenant),
        filter.cursor,
        filter.kind,
        filter.source_id,
        filter.account_code,
        filter.from,
        filter.before,
        filter.limit + 1,
      ],
    )
    return this.withEntries(tenant, rows)
  }

  roots(tenant: Tenant, cursor: string | null, limit: number): Promise<RootRow[]> {
    return this.database.query<RootRow>(
      `select business_date::text as business_date, position, hash, created_at from ledger_roots
        where institution_id = $1 and livemode = $2 and ($3::date is null or business_date < $3)
        order by ledger_roots.business_date desc limit $4`,
      [...keyOf(tenant), cursor, limit + 1],
    )
  }

  private async withEntries(
    tenant: Tenant,
    rows: readonly Omit<TransactionView, 'entries'>[],
  ): Promise<TransactionView[]> {
    if (rows.length === 0) return []
    const entries = await this.database.query<BookedEntry & { readonly transaction_id: string }>(
      `select transaction_id, account_code, currency, direction, amount from ledger_entries
        where institution_id = $1 and livemode = $2 and transaction_id = any($3)
        order by transaction_id, position`,
      [...keyOf(tenant), rows.map(({ id }) => id)],
    )
    return rows.map((row) => ({
      ...row,
      entries: entries.filter(({ transaction_id }) => transaction_id === row.id),
    }))
  }
}

const keyOf = ({ institution_id, livemode }: Tenant) => [institution_id, livemode]
