import type { ChannelCode, ChannelMethod, NextAction } from '../channels/channel.port.js'
import type { PaymentStatus } from './payment.state.js'

/** A row of `payments`. */
export interface Payment {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly department_id: string
  readonly checkout_id: string | null
  /** The wallet that its success tops up. */
  readonly wallet_id: string | null
  readonly out_trade_no: string
  readonly subject: string
  readonly currency: string
  readonly amount: bigint
  readonly amount_refunded: bigint
  readonly amount_refunding: bigint
  readonly status: PaymentStatus
  readonly channel: ChannelCode | null
  readonly method: ChannelMethod | null
  readonly next_action: NextAction | null
  /** The attempt whose answers move the payment; null before the first order, and between two. */
  readonly current_attempt_id: string | null
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly return_url: string | null
  readonly expires_at: Date
  readonly succeeded_at: Date | null
  readonly closed_at: Date | null
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}

/** A row of `payment_attempts`: one order placed with a channel. */
export interface PaymentAttempt {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly payment_id: string
  readonly channel: ChannelCode
  readonly method: ChannelMethod
  readonly channel_account_id: string
  readonly channel_order_no: string
  readonly amount: bigint
  readonly currency: string
  readonly status: PaymentStatus
  readonly next_action: NextAction | null
  readonly channel_transaction_no: string | null
  readonly query_count: number
  readonly created_at: Date
}

/** A row of `payment_items`: what of a payment pays which bill. */
export interface PaymentItem {
  readonly institution_id: string
  readonly livemode: boolean
  readonly payment_id: string
  readonly position: number
  readonly bill_id: string
  readonly department_id: string
  readonly amount: bigint
  readonly amount_refunded: bigint
  /** To whom it goes, frozen when the payment was made. Empty: all to `department_id`. */
  readonly splits: readonly PaymentSplit[]
}

/** A row of `payment_splits`: what of a part of a payment goes to which department. */
export interface PaymentSplit {
  readonly position: number
  readonly department_id: string
  /** The weight that it had. */
  readonly share: number
  readonly amount: bigint
  readonly amount_refunded: bigint
}

/** A part of a payment that a refund gives back. A direct amount is position 0 without a bill. */
export interface RefundItem {
  readonly position: number
  readonly bill_id: string | null
  readonly department_id: string
  readonly amount: bigint
  /** From whom it is taken back, where the part was split. Absent: all from `department_id`. */
  readonly splits?: readonly SplitTakenBack[]
}

/** What a refund takes back of one department's part. */
export interface SplitTakenBack {
  readonly position: number
  readonly department_id: string
  readonly amount: bigint
}

/** What a refund must know of the payment it gives back, and of the order it came by. */
export interface RefundablePayment {
  readonly id: string
  readonly app_id: string
  readonly department_id: string
  readonly currency: string
  readonly amount: bigint
  /** The wallet that it topped up. */
  readonly wallet_id: string | null
  /** Refunded already, and under way to be. */
  readonly amount_taken_back: bigint
  readonly attempt_id: string
  readonly channel: ChannelCode
  readonly channel_account_id: string
  readonly channel_order_no: string
  readonly channel_transaction_no: string
  readonly method: ChannelMethod
  readonly placed_at: Date
}
