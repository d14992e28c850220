import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import type { EntryDirection } from './ledger.types.js'
import type { ChainHead, ChainLink, SealableTransaction } from './ledger-chain.rules.js'

/** A class of advisory locks of its own: one lock per chain. */
const LOCK_CLASS = 7_002

/** The last link, and the days that bound the next one: `YYYY-MM-DD`. */
export interface StoredHead extends ChainHead {
  readonly sealed_on: string
  readonly last_root: string | null
}

type StoredTransaction = Omit<SealableTransaction, 'entries'> & {
  readonly account_codes: string[]
  readonly currencies: string[]
  readonly directions: EntryDirection[]
  readonly amounts: string[]
}

/** The chain, the snapshots, and the list of what neither of them knows yet. */
@Injectable()
export class LedgerSealRepository {
  constructor(private readonly database: Database) {}

  /** Institutions and modes with transactions to seal, found by skipping through the index. */
  waiting(): Promise<Tenant[]> {
    return this.tenantsOf('ledger_unsealed')
  }

  /** Institutions and modes that have a chain. */
  chained(): Promise<Tenant[]> {
    return this.tenantsOf('ledger_chain')
  }

  private tenantsOf(table: 'ledger_unsealed' | 'ledger_chain'): Promise<Tenant[]> {
    return this.database.query<Tenant>(
      `with recursive tenant as (
         (select institution_id, livemode from ${table} order by institution_id, livemode limit 1)
         union all
         select next.institution_id, next.livemode
           from tenant cross join lateral (
             select institution_id, livemode from ${table}
              where (institution_id, livemode) > (tenant.institution_id, tenant.livemode)
              order by institution_id, livemode limit 1) as next
       )
       select institution_id, livemode from tenant`,
    )
  }

  /** One sealer per chain, until the transaction ends. False: another one is at it. */
  async lock(tx: Transaction, tenant: Tenant): Promise<boolean> {
    const [row] = await tx.query<{ is_mine: boolean }>(
      'select pg_try_advisory_xact_lock($1, hashtext($2)) as is_mine',
      [LOCK_CLASS, `${tenant.institution_id} ${tenant.livemode}`],
    )
    return row?.is_mine === true
  }

  async head(tx: Transaction, tenant: Tenant): Promise<StoredHead | null> {
    const [row] = await tx.query<StoredHead>(
      `select link.position, link.hash, link.sealed_on::text as sealed_on,
              (select max(business_date)::text from ledger_roots
                where institution_id = $1 and livemode = $2) as last_root
         from ledger_chain as link
        where link.institution_id = $1 and link.livemode = $2
        order by link.position desc limit 1`,
      keyOf(tenant),
    )
    return row ?? null
  }

  /** What is committed and not sealed, at most `limit` of it. What commits later is found later. */
  async unsealed(tx: Transaction, tenant: Tenant, limit: number): Promise<SealableTransaction[]> {
    const rows = await tx.query<StoredTransaction>(
      `select txn.id, txn.kind, txn.source_id, txn.corrects_id, txn.description,
              txn.business_date::text as business_date, txn.posted_at,
              entry.account_codes, entry.currencies, entry.directions, entry.amounts
         from (select transaction_id from ledger_unsealed
                where institution_id = $1 and livemode = $2
                order by transaction_id limit $3) as waiting
         join ledger_transactions as txn
           on txn.institution_id = $1 and txn.livemode = $2 and txn.id = waiting.transaction_id
        cross join lateral (
          select coalesce(array_agg(account_code order by position), '{}') as account_codes,
                 coalesce(array_agg(currency order by position), '{}') as currencies,
                 coalesce(array_agg(direction order by position), '{}') as directions,
                 coalesce(array_agg(amount::text order by position), '{}') as amounts
            from ledger_entries
           where institution_id = $1 and livemode = $2 and transaction_id = txn.id) as entry
        order by txn.id`,
      [...keyOf(tenant), limit],
    )
    return rows.map(toSealable)
  }

  /** Links, snapshots and the list change together: a reader sees all of it or nothing. */
  async seal(
    tx: Transaction,
    tenant: Tenant,
    links: readonly ChainLink[],
    sealedOn: string,
  ): Promise<void> {
    const [row] = await tx.query<{ taken: bigint }>(
      `with link as (
         select * from unnest($3::bigint[], $4::text[], $5::bytea[]) as given(position, transaction_id, hash)
       ), chained as (
         insert into ledger_chain (institution_id, livemode, position, transaction_id, hash, sealed_on)
         select $1, $2, position, transaction_id, hash, $6::date from link
       ), taken as (
         delete from ledger_unsealed
          where institution_id = $1 and livemode = $2 and transaction_id = any($4)
         returning transaction_id
       ), rolled_up as (
         insert into ledger_snapshots as known
           (institution_id, livemode, account_code, currency, debits, credits, position)
         select $1, $2, entry.account_code, entry.currency,
                coalesce(sum(entry.amount) filter (where entry.direction = 'debit'), 0),
                coalesce(sum(entry.amount) filter (where entry.direction = 'credit'), 0),
                max(link.position)
           from link
           join ledger_entries as entry
             on entry.institution_id = $1 and entry.livemode = $2
            and entry.transaction_id = link.transaction_id
          group by entry.account_code, entry.currency
         on conflict (institution_id, livemode, account_code, currency) do update
            set debits = known.debits + excluded.debits, credits = known.credits + excluded.credits,
                position = excluded.position
       )
       select count(*) as taken from taken`,
      [
        ...keyOf(tenant),
        links.map((link) => link.position),
        links.map((link) => link.transaction_id),
        links.map((link) => link.hash),
        sealedOn,
      ],
    )
    assert(row?.taken === BigInt(links.length), 'under its lock, a chain has one sealer')
  }

  /** The end of the chain on each day from `first` to `last`: also of days on which nothing was sealed. */
  async addRoots(tx: Transaction, tenant: Tenant, first: string, last: string): Promise<void> {
    await tx.query(
      `insert into ledger_roots (institution_id, livemode, business_date, position, hash)
       select $1, $2, day::date, link.position, link.hash
         from generate_series($3::date, $4::date, interval '1 day') as day
        cross join lateral (
          select position, hash from ledger_chain
           where institution_id = $1 and livemode = $2 and sealed_on <= day
           order by position desc limit 1) as link`,
      [...keyOf(tenant), first, last],
    )
  }
}

const keyOf = ({ institution_id, livemode }: Tenant) => [institution_id, livemode]

function toSealable(row: StoredTransaction): SealableTransaction {
  const { account_codes, currencies, directions, amounts, ...transaction } = row
  const entries = account_codes.map((account_code, index) => {
    const [currency, direction, amount] = [currencies[index], directions[index], amounts[index]]
    assert(currency && direction && amount, 'arrays of one aggregation have one length')
    return { account_code, currency, direction, amount }
  })
  return { ...transaction, entries }
}
