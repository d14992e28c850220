import { HOLD_MS } from '../simulator-held.calls.js'

/** The waiting times of the simulated UnionPay. */
export interface UnionpayTiming {
  /** An accepted refund is done after this long. */
  readonly refundSettleMs: number
  /** The second copy of a duplicated notification. */
  readonly duplicateMs: number
  readonly lateMs: number
  /** A notification that waits for the next event of its order, when there is none. */
  readonly reorderedMs: number
  /** A call that gets no answer is hung up after this long. */
  readonly holdMs: number
  /** A merchant's server that takes longer to answer has not answered. */
  readonly deliveryTimeoutMs: number
  /** How long after each failed delivery the next one follows; after the last, UnionPay gives up. */
  readonly resendSeconds: readonly number[]
}

const MINUTE = 60

export const DEFAULT_UNIONPAY_TIMING: UnionpayTiming = {
  refundSettleMs: 500,
  duplicateMs: 300,
  lateMs: 8_000,
  reorderedMs: 60_000,
  holdMs: HOLD_MS,
  deliveryTimeoutMs: 5_000,
  resendSeconds: [MINUTE, 2 * MINUTE, 4 * MINUTE, 5 * MINUTE, 5 * MINUTE],
}
