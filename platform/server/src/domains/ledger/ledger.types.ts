export const ACCOUNT_TYPES = ['asset', 'liability', 'income', 'expense'] as const
export type AccountType = (typeof ACCOUNT_TYPES)[number]

export type EntryDirection = 'debit' | 'credit'

/** What may be booked. One transaction exists at most per kind and source. */
export const POSTING_KINDS = [
  'payment',
  'refund',
  'late_success',
  'late_success_refund',
  'reversal',
  'move',
  'wallet_charge',
  'wallet_refund',
  'wallet_hold',
  'wallet_hold_release',
] as const
export type PostingKind = (typeof POSTING_KINDS)[number]

/** An account by its readable code. Made by the functions of `ledger.accounts.ts`, never by hand. */
export interface LedgerAccount {
  readonly code: string
  readonly type: AccountType
}

export interface LedgerPostingEntry {
  readonly account: LedgerAccount
  readonly direction: EntryDirection
  /** Minor units, more than zero. */
  readonly amount: bigint
}

/** One balanced transaction to be booked for one change of one object. */
export interface LedgerPosting {
  readonly institution_id: string
  readonly livemode: boolean
  readonly kind: PostingKind
  /** The id of the payment, refund, late success or correction whose change this books. */
  readonly source_id: string
  /** The transaction that a `reversal` or `move` corrects; other kinds have none. */
  readonly corrects_id?: string
  readonly description: string
  readonly currency: string
  readonly posted_at: Date
  /** The institution's IANA time zone, which decides the business date. */
  readonly time_zone?: string
  readonly entries: readonly LedgerPostingEntry[]
}

export type PostResult = 'posted' | 'already_posted'

/** All that was ever debited and credited on one account. */
export interface AccountBalance {
  readonly account_code: string
  readonly type: AccountType
  readonly currency: string
  readonly debits: bigint
  readonly credits: bigint
}
