import { createHash } from 'node:crypto'
import type { Tenant } from '../../infra/http/caller.js'
import type { EntryDirection, PostingKind } from './ledger.types.js'

/** A booked transaction with everything that its link of the chain vouches for. */
export interface SealableTransaction {
  readonly id: string
  readonly kind: PostingKind
  readonly source_id: string
  readonly corrects_id: string | null
  readonly description: string
  /** `YYYY-MM-DD` */
  readonly business_date: string
  readonly posted_at: Date
  /** In the order of their positions. */
  readonly entries: readonly SealableEntry[]
}

export interface SealableEntry {
  readonly account_code: string
  readonly currency: string
  readonly direction: EntryDirection
  /** Minor units as decimal digits: JSON numbers end at 2^53, sums of merged entries need not. */
  readonly amount: string
}

/** The end of a chain: what the next link builds on. */
export interface ChainHead {
  readonly position: bigint
  readonly hash: Buffer
}

export interface ChainLink extends ChainHead {
  readonly transaction_id: string
}

/** What the first link of every chain names as the one before it. */
export const CHAIN_START: ChainHead = { position: 0n, hash: Buffer.alloc(32) }

/**
 * The text that is hashed: one JSON object in the form of RFC 8785 (JCS), so that a stranger recomputes it
 * with any library of that standard. Names are ASCII and written here in JCS's order; JSON.stringify is the
 * serialisation that RFC 8785 section 3.2.2 prescribes for texts and whole numbers.
 */
export function canonicalText(
  tenant: Tenant,
  transaction: SealableTransaction,
  head: ChainHead,
): string {
  return JSON.stringify({
    business_date: transaction.business_date,
    corrects: transaction.corrects_id,
    description: transaction.description,
    entries: transaction.entries.map((entry) => ({
      account: entry.account_code,
      amount: entry.amount,
      currency: entry.currency,
      direction: entry.direction,
    })),
    id: transaction.id,
    institution: tenant.institution_id,
    kind: transaction.kind,
    livemode: tenant.livemode,
    position: Number(head.position + 1n),
    posted_at: transaction.posted_at.toISOString(),
    previous: head.hash.toString('hex'),
    source: transaction.source_id,
  })
}

/** Links transactions behind the head, in the order given. Pure: the caller decides on the order. */
export function linksOf(
  tenant: Tenant,
  transactions: readonly SealableTransaction[],
  head: ChainHead,
): ChainLink[] {
  const links: ChainLink[] = []
  let last = head
  for (const transaction of transactions) {
    const hash = createHash('sha256')
      .update(canonicalText(tenant, transaction, last))
      .digest()
    const link = { position: last.position + 1n, transaction_id: transaction.id, hash }
    links.push(link)
    last = link
  }
  return links
}
