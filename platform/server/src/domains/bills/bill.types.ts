import type { RevenueShare } from './fee-item.types.js'

/** As stored. */
export interface BillRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly department_id: string
  readonly payer_id: string
  readonly fee_item_id: string
  readonly out_bill_no: string
  readonly title: string
  readonly currency: string
  readonly amount: bigint
  readonly amount_paid: bigint
  readonly amount_refunded: bigint
  /** Held by payments in progress. */
  readonly amount_reserved: bigint
  readonly status: string
  readonly lines: unknown
  readonly expires_at: Date | null
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}

/** So much of that bill. */
export interface BillItem {
  readonly bill_id: string
  readonly amount: bigint
}

/** What its fee item says about collecting a bill. */
export interface CollectionRules {
  readonly partial_payment_allowed: boolean
  /** Zero: no minimum. */
  readonly partial_payment_minimum: bigint
  /** Channels a payer may use; empty means all. */
  readonly channels: readonly string[]
}

/** Through which channels a bill may be paid; none named means all. */
export interface BillChannels {
  readonly title: string
  readonly channels: readonly string[]
}

/** A bill that is about to be collected: how much of it, for whom, and by which channels. */
export interface CollectableBill extends BillItem {
  readonly app_id: string
  readonly department_id: string
  readonly payer_id: string
  readonly fee_item_id: string
  readonly title: string
  readonly currency: string
  readonly channels: readonly string[]
}

/** `amount` of it is held now, until `release` or `settle`. */
export interface ReservedBill extends CollectableBill {
  /** Who gets which share of it. Empty: all to `department_id`. */
  readonly revenue_split: readonly RevenueShare[]
}

/** `amount` is what was asked for, or all that is due. Nothing is held. */
export interface CheckoutBill extends CollectableBill {
  readonly amount_due: bigint
}
