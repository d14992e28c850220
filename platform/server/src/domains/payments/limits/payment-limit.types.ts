export const LIMIT_DIMENSIONS = ['payer', 'fee_item', 'department', 'channel'] as const
export type LimitDimension = (typeof LIMIT_DIMENSIONS)[number]

export const LIMIT_STATUSES = ['active', 'disabled'] as const
export type LimitStatus = (typeof LIMIT_STATUSES)[number]

/** A row of `payment_limits`. */
export interface PaymentLimitRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly name: string
  readonly payer_id: string | null
  readonly fee_item_id: string | null
  readonly department_id: string | null
  readonly channel: string | null
  readonly per: readonly string[]
  readonly currency: string
  readonly amount_per_payment: bigint | null
  readonly amount_per_day: bigint | null
  readonly count_per_day: number | null
  readonly status: string
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}

/** A part of a payment: so much of one payer's bill. A direct amount is one part without payer and fee item. */
export interface LimitedPart {
  readonly payer_id: string | null
  readonly fee_item_id: string | null
  readonly department_id: string
  readonly amount: bigint
}

/** What limits look at. */
export interface LimitedPayment {
  readonly currency: string
  /** Null until it is chosen. */
  readonly channel: string | null
  readonly parts: readonly LimitedPart[]
}

/** What a payment would use of one limit, under one key. */
export interface LimitClaim {
  readonly limit: PaymentLimitRow
  /** The values of the dimensions that are counted apart. */
  readonly key: string
  readonly amount: bigint
}

/** What of a limit a day has used. */
export interface LimitUsage {
  readonly limit_id: string
  readonly key: string
  readonly amount: bigint
  readonly count: number
}
