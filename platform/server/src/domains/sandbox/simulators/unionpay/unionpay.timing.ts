import type { NoticeTiming } from '../simulator.notifier.js'
import { HOLD_MS } from '../simulator-held.calls.js'

/** The waiting times of the simulated UnionPay. */
export interface UnionpayTiming extends NoticeTiming {
  /** An accepted refund is done after this long. */
  readonly refundSettleMs: number
  /** A call that gets no answer is hung up after this long. */
  readonly holdMs: number
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
