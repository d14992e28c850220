import type { DeliveryTrigger } from './delivery.state.js'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** The pause before each further attempt. The first attempt is made at once. */
export const RETRY_DELAYS_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  3 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
] as const

export const ATTEMPTS_MAX = 1 + RETRY_DELAYS_MS.length

/** A tenth more or less, so that deliveries that failed together don't come back together. */
const JITTER = 0.1

/** The pause after `attemptsMade` failed attempts; null when that was the last. `random` is in [0, 1). */
export function retryDelayMs(attemptsMade: number, random: number): number | null {
  const delayMs = RETRY_DELAYS_MS[attemptsMade - 1]
  if (delayMs === undefined) return null
  return Math.round(delayMs * (1 - JITTER + 2 * JITTER * random))
}

/** What an answer means for the delivery. No status: there was no answer. */
export function triggerOf(responseStatus: number | null, attemptsMade: number): DeliveryTrigger {
  if (responseStatus !== null && responseStatus >= 200 && responseStatus < 300) return 'accepted'
  if (responseStatus === 410) return 'gone'
  return attemptsMade < ATTEMPTS_MAX ? 'refused' : 'gave_up'
}
