import { BursarAbortError, BursarConnectionError, type BursarError } from './errors.js'

const BASE_DELAY_MS = 500
const DELAY_MS_MAX = 8_000
/** Above this the caller is better served by the error, which carries the header, than by a sleep. */
export const RETRY_AFTER_MS_MAX = 60_000

/** May this error be tried again by the SDK itself, with the same Idempotency-Key? */
export function isRetryable(error: BursarError): boolean {
  if (error instanceof BursarAbortError) return false
  if (error instanceof BursarConnectionError) return error.retryable
  const { status } = error
  if (status === undefined) return false
  // The original of this key is still running: its answer will be ours.
  if (status === 409) return error.code === 'idempotency_in_progress'
  // Any other 4xx is stored under the key, so that a second try could only repeat it.
  return (status === 429 || status >= 500) && error.retryable
}

/**
 * How long to wait before the next try, or undefined when the server asks for more patience than
 * the SDK has. Full jitter: clients that failed together must not come back together.
 */
export function retryDelayMs(
  error: BursarError,
  attempt: number,
  random: () => number,
  nowMs: number,
): number | undefined {
  const backOffMs = random() * Math.min(DELAY_MS_MAX, BASE_DELAY_MS * 2 ** attempt)
  const askedMs = parseRetryAfterMs(error.headers?.get('retry-after') ?? null, nowMs)
  if (askedMs === undefined) return backOffMs
  return askedMs > RETRY_AFTER_MS_MAX ? undefined : Math.max(askedMs, backOffMs)
}

/** RFC 9110 Section 10.2.3: a number of seconds or an HTTP date. */
export function parseRetryAfterMs(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1000
  const atMs = Date.parse(value)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
