import type { ExportFilters } from './export.schema.js'

export const EXPORT_KINDS = [
  'payments',
  'refunds',
  'bills',
  'checkouts',
  'payers',
  'ledger_transactions',
] as const
export type ExportKind = (typeof EXPORT_KINDS)[number]

export const EXPORT_LANGUAGES = ['zh', 'en'] as const
export type ExportLanguage = (typeof EXPORT_LANGUAGES)[number]

export const PERSONAL_DATA = ['masked', 'full'] as const
export type PersonalData = (typeof PERSONAL_DATA)[number]

export const EXPORT_STATUSES = ['running', 'ready', 'failed', 'expired'] as const
export type ExportStatus = (typeof EXPORT_STATUSES)[number]

/** A row of `exports`. */
export interface ExportRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly kind: ExportKind
  readonly filters: ExportFilters
  readonly language: ExportLanguage
  readonly personal_data: PersonalData
  readonly requested_by: string
  readonly status: ExportStatus
  readonly rows_written: number
  readonly bytes: bigint
  readonly chunk_count: number
  /** The id of the last row that was written. */
  readonly cursor: string | null
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly created_at: Date
  readonly completed_at: Date | null
  readonly expires_at: Date
}

/** A value as SQL gives it, before it is a cell. */
export type SourceRow = Readonly<Record<string, unknown>> & { readonly id: string }

export type Cell = string | number | bigint | Date | null
