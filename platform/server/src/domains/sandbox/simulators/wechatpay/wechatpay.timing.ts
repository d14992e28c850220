import { HOLD_MS } from '../simulator-held.calls.js'

/** The waiting times of the simulated WeChat Pay. */
export interface WechatpayTiming {
  /** An accepted refund arrives at the payer after this long. */
  readonly refundSettleMs: number
  /** The second copy of a duplicated notification. */
  readonly duplicateMs: number
  /** A late notification. */
  readonly lateMs: number
  /** A notification that waits for the next event of its order, when there is none. */
  readonly reorderedMs: number
  /** A call that gets no answer is hung up after this long. */
  readonly holdMs: number
  /** A merchant's server that takes longer to answer has not answered. */
  readonly deliveryTimeoutMs: number
  /** How long after each failed delivery the next one follows; after the last, WeChat gives up. */
  readonly resendSeconds: readonly number[]
}

const MINUTE = 60
const HOUR = 3_600

export const DEFAULT_WECHATPAY_TIMING: WechatpayTiming = {
  refundSettleMs: 500,
  duplicateMs: 300,
  lateMs: 8_000,
  reorderedMs: 60_000,
  holdMs: HOLD_MS,
  deliveryTimeoutMs: 5_000,
  resendSeconds: [
    15,
    15,
    30,
    3 * MINUTE,
    10 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    30 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    3 * HOUR,
    3 * HOUR,
    6 * HOUR,
    6 * HOUR,
  ],
}
