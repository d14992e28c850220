/** How many requests one endpoint may have under way at first, and at most, in one process. */
export const WINDOW_START = 4
export const WINDOW_MAX = 64

const QUICK_MS = 1_000
const SLOW_MS = 5_000

/**
 * Additive increase, multiplicative decrease, as TCP does it: an endpoint that answers quickly gets more
 * at once, one that keeps us waiting gets half, down to one. So an endpoint that hangs soon holds a
 * single place, and a quick one isn't held back by a cautious limit.
 */
export function nextWindow(window: number, durationMs: number, isAnswered: boolean): number {
  if (durationMs >= SLOW_MS) return Math.max(1, Math.floor(window / 2))
  if (isAnswered && durationMs <= QUICK_MS) return Math.min(WINDOW_MAX, window + 1)
  return window
}
