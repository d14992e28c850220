import type { NoticeTiming } from '../simulator.notifier.js'
import { HOLD_MS } from '../simulator-held.calls.js'

/** The waiting times of the simulated Alipay. */
export interface AlipayTiming extends NoticeTiming {
  /** A call that gets no answer is hung up after this long. */
  readonly holdMs: number
  /** Two refunds of one trade must be this far apart. */
  readonly refundGapMs: number
  /** The address of a statement works for this long. */
  readonly billUrlMs: number
}

const MINUTE = 60
const HOUR = 3_600

export const DEFAULT_ALIPAY_TIMING: AlipayTiming = {
  duplicateMs: 300,
  lateMs: 8_000,
  reorderedMs: 60_000,
  deliveryTimeoutMs: 5_000,
  holdMs: HOLD_MS,
  refundGapMs: 3_000,
  billUrlMs: 30_000,
  resendSeconds: [4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR],
}
