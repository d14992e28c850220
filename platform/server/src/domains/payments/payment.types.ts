import type { ChannelCode, ChannelMethod } from '../channels/channel.port.js'
import type { PaymentStatus } from './payment.state.js'

/** A row of `payments`. */
export interface Payment {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly department_id: string
  readonly checkout_id: string | null
  readonly out_trade_no: string
  readonly subject: string
  readonly currency: string
  readonly amount: bigint
  readonly amount_refunded: bigint
  readonly amount_refunding: bigint
  readonly status: PaymentStatus
  readonly channel: ChannelCode | null
  readonly method: ChannelMethod | null
  readonly code_url: string | null
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
  readonly code_url: string | null
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
}

/** A part of a payment that a refund gives back. A direct amount is position 0 without a bill. */
export interface RefundItem {
  readonly position: number
  readonly bill_id: string | null
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
  readonly attempt_id: string
  readonly channel: ChannelCode
  readonly channel_account_id: string
  readonly channel_order_no: string
}
