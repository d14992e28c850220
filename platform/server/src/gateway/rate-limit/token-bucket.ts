/** So many requests a second on average, and so many at once after a pause. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** A bucket of tokens: one request takes one token out, time puts them back. */
export interface Bucket {
  readonly name: string
  readonly rate: Rate
}

/** How a bucket stands after a request. */
export interface Level {
  /** Requests it would still let pass at once. */
  readonly remaining: number
  readonly fullInMs: number
}

/** What became of a request: either every bucket gave a token, or none did. */
export interface Taken {
  readonly levels: readonly Level[]
  /** 0: the request may pass. */
  readonly waitMs: number
}

/** Where buckets are kept. */
export interface Buckets {
  take(buckets: readonly Bucket[]): Taken | Promise<Taken>
}

/** Half a microsecond: what is left of a wait after floating-point arithmetic is none. */
const ROUNDING_MS = 0.000_5

/**
 * The whole state of a token bucket is one moment: when it will be full again (the generic cell rate
 * algorithm). A token taken moves that moment on by the time one token needs to come back.
 */
export function afterTaking(fullAtMs: number, nowMs: number, { perSecond }: Rate): number {
  return Math.max(fullAtMs, nowMs) + 1000 / perSecond
}

/** How long to wait until a bucket that would be full at that moment holds what was taken; 0: it does. */
export function waitFor(fullAtMs: number, nowMs: number, { perSecond, burst }: Rate): number {
  const waitMs = fullAtMs - nowMs - (burst * 1000) / perSecond
  return waitMs > ROUNDING_MS ? waitMs : 0
}

export function levelOf(fullAtMs: number, nowMs: number, { perSecond, burst }: Rate): Level {
  const fullInMs = Math.max(0, fullAtMs - nowMs)
  const missing = (fullInMs * perSecond) / 1000
  return { remaining: Math.max(0, Math.floor(burst - missing + ROUNDING_MS)), fullInMs }
}
