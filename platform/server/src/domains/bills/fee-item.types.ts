export const FEE_ITEM_KINDS = ['tuition', 'other'] as const
export const FEE_ITEM_STATUSES = ['open', 'stopped'] as const

/** A department's share of what is paid for a fee item: a weight among the others' weights. */
export interface RevenueShare {
  readonly department: string
  readonly share: number
}

/** As stored. */
export interface FeeItemRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly department_id: string
  readonly code: string
  readonly name: string
  readonly kind: string
  readonly academic_year: string | null
  readonly term: string | null
  readonly currency: string
  readonly window_starts_at: Date | null
  readonly window_ends_at: Date | null
  readonly status: string
  readonly partial_payment_allowed: boolean
  /** Zero: no minimum. */
  readonly partial_payment_minimum: bigint
  readonly accounting_code: string | null
  /** Empty: every channel. */
  readonly channels: readonly string[]
  /** `RevenueShare`s, as JSON. Empty: all to the department that charges. */
  readonly revenue_split: unknown
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}
