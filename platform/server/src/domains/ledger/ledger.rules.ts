import { assert } from '../../kernel/assert.js'
import { AMOUNT_MAX } from '../../kernel/money.js'
import type { EntryDirection, LedgerPosting, LedgerPostingEntry } from './ledger.types.js'

/**
 * What must hold before anything is booked. A posting that breaks it was computed wrongly by us, so it
 * is an assertion: the step fails as a whole and no half of it is kept.
 */
export function assertPosting(posting: LedgerPosting): void {
  const where = `ledger posting ${posting.kind} of ${posting.source_id}`
  assert(posting.source_id !== '', 'a ledger posting names the object it books')
  assert(/^[A-Z]{3}$/.test(posting.currency), `${where}: ${posting.currency} is no ISO 4217 code`)
  assert(posting.entries.length >= 2, `${where} needs at least two entries`)
  for (const { account, amount } of posting.entries) {
    assert(amount > 0n, `${where}: the amount on ${account.code} must be positive, not ${amount}`)
    assert(amount <= AMOUNT_MAX, `${where}: the amount on ${account.code} is above 2^53-1`)
  }
  const debits = sumOf(posting.entries, 'debit')
  const credits = sumOf(posting.entries, 'credit')
  assert(debits === credits, `${where} does not balance: debits ${debits}, credits ${credits}`)
}

/** One entry per account and direction, in the order of their first appearance. */
export function mergeEntries(entries: readonly LedgerPostingEntry[]): LedgerPostingEntry[] {
  const merged = new Map<string, LedgerPostingEntry>()
  for (const entry of entries) {
    const key = `${entry.direction} ${entry.account.code}`
    const amount = (merged.get(key)?.amount ?? 0n) + entry.amount
    merged.set(key, { ...entry, amount })
  }
  return [...merged.values()]
}

/** An entry as it is stored. */
export interface BookedEntry {
  readonly account_code: string
  readonly currency: string
  readonly direction: EntryDirection
  readonly amount: bigint
}

/** Whether what was booked before is what this posting says, whatever the order of the entries. */
export function isSameBooking(booked: readonly BookedEntry[], posting: LedgerPosting): boolean {
  const textOf = (account: string, direction: string, currency: string, amount: bigint) =>
    `${account} ${direction} ${currency} ${amount}`
  const left = booked.map((entry) =>
    textOf(entry.account_code, entry.direction, entry.currency, entry.amount),
  )
  const right = mergeEntries(posting.entries).map((entry) =>
    textOf(entry.account.code, entry.direction, posting.currency, entry.amount),
  )
  return left.sort().join('\n') === right.sort().join('\n')
}

function sumOf(entries: readonly LedgerPostingEntry[], direction: EntryDirection): bigint {
  return entries
    .filter((entry) => entry.direction === direction)
    .reduce((sum, entry) => sum + entry.amount, 0n)
}
