import type { EntryDirection } from './ledger.types.js'

export const CORRECTION_KINDS = ['reversal', 'move'] as const
export type CorrectionKind = (typeof CORRECTION_KINDS)[number]

export const CORRECTION_STATUSES = ['awaiting_approval', 'posted', 'rejected'] as const
export type CorrectionStatus = (typeof CORRECTION_STATUSES)[number]

/** What a correction will book, by account codes: a row outlives the code that made it. */
export interface CorrectionEntry {
  readonly account: string
  readonly direction: EntryDirection
  readonly amount: bigint
}

/** A row of `ledger_corrections`. */
export interface CorrectionRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  /** Whose key asked, and who is told. */
  readonly app_id: string
  readonly kind: CorrectionKind
  readonly corrects_id: string
  readonly reason: string
  readonly currency: string
  readonly entries: readonly CorrectionEntry[]
  readonly status: CorrectionStatus
  readonly requested_by: string
  readonly decided_by: string | null
  readonly decided_at: Date | null
  readonly transaction_id: string | null
  readonly metadata: unknown
  readonly created_at: Date
}
