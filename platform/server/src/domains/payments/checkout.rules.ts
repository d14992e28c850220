const MINUTE_MS = 60_000
const EXPIRES_DEFAULT_MS = 2 * 60 * MINUTE_MS
const EXPIRES_MAX_MS = 7 * 24 * 60 * MINUTE_MS

/** When a checkout ends by itself; null when what was asked for is too soon or too late. */
export function checkoutExpiryOf(asked: string | undefined, now: Date): Date | null {
  return expiryWithin(asked, now, EXPIRES_DEFAULT_MS)
}

/** A moment 1 minute to 7 days ahead, or the default. Null when it is outside of that. */
export function expiryWithin(asked: string | undefined, now: Date, defaultMs: number): Date | null {
  if (asked === undefined) return new Date(now.getTime() + defaultMs)
  const expiresAt = new Date(asked)
  const aheadMs = expiresAt.getTime() - now.getTime()
  return aheadMs >= MINUTE_MS && aheadMs <= EXPIRES_MAX_MS ? expiresAt : null
}

/** What a checkout without a title of its own is called. A bill's title is short enough for both. */
export function titleOf(firstTitle: string, billCount: number): string {
  return billCount === 1 ? firstTitle : `${firstTitle} 等 ${billCount} 项`
}
