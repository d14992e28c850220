import type { ChannelMethod } from '../channels/channel.port.js'
import type { RefundItem } from '../payments/payment.types.js'
import type { RefundStatus } from './refund.state.js'

/** A row of `refunds`. */
export interface RefundRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly department_id: string
  readonly payment_id: string
  readonly attempt_id: string
  readonly out_refund_no: string
  readonly channel_refund_no: string
  readonly currency: string
  readonly amount: bigint
  readonly reason: string | null
  readonly status: RefundStatus
  /** The credential that asked for it; null for refunds from before this was kept. */
  readonly requested_by: string | null
  /** The credential that approved or rejected it: never the one that asked. */
  readonly decided_by: string | null
  readonly decided_at: Date | null
  readonly decision_reason: string | null
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly items: readonly RefundItem[]
  readonly query_count: number
  readonly succeeded_at: Date | null
  readonly metadata: unknown
  readonly created_at: Date
  /** Also the moment of the last call that asked the channel for the money: see `claimSending`. */
  readonly updated_at: Date
}

/** The order at the channel whose money is given back. */
export interface PaidOrder {
  readonly channel: string
  readonly channel_account_id: string
  readonly channel_order_no: string
  readonly channel_transaction_no: string
  readonly method: ChannelMethod
  readonly placed_at: Date
  /** The whole amount of the order, which providers ask for beside the refund. */
  readonly amount: bigint
}

/** A refund with what must be known to bring it on. */
export interface RefundCase {
  readonly refund: RefundRow
  readonly order: PaidOrder
  /** The wallet that the payment topped up; its money is what goes back. */
  readonly wallet_id: string | null
}

/** A row of `late_successes`: money in suspense that is given back without anybody asking. */
export interface LateSuccessRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly payment_id: string
  readonly currency: string
  readonly amount: bigint
  readonly channel_refund_no: string
  readonly status: string
  readonly created_at: Date
}

export interface LateSuccessCase {
  readonly late: LateSuccessRow
  readonly order: PaidOrder
}
