import type { NoticeTiming } from '../simulator.notifier.js'
import { HOLD_MS } from '../simulator-held.calls.js'

/** The waiting times of the simulated bank. */
export interface AbcTiming extends NoticeTiming {
  /** An accepted refund arrives at the payer after this long. */
  readonly refundSettleMs: number
  /** A call that gets no answer is hung up after this long. */
  readonly holdMs: number
}

const MINUTE = 60
const HOUR = 3_600

export const DEFAULT_ABC_TIMING: AbcTiming = {
  refundSettleMs: 500,
  duplicateMs: 300,
  lateMs: 8_000,
  reorderedMs: 60_000,
  holdMs: HOLD_MS,
  deliveryTimeoutMs: 5_000,
  resendSeconds: [
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    6 * HOUR,
  ],
}
