import type { NoticeTiming } from '../simulator.notifier.js'
import { HOLD_MS } from '../simulator-held.calls.js'

/** The waiting times of the simulated WeChat Pay. */
export interface WechatpayTiming extends NoticeTiming {
  /** An accepted refund arrives at the payer after this long. */
  readonly refundSettleMs: number
  /** A call that gets no answer is hung up after this long. */
  readonly holdMs: number
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
