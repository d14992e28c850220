const BURST = 10
const REFILL_MS = 30_000
const KEYS_MAX = 5_000

interface Quota {
  left: number
  atMs: number
  suppressed: number
}

/**
 * How many incidents this process keeps of one account and kind: ten at once, then one every half minute.
 * Whoever sends forged notifications by the thousand fills neither disk nor database.
 */
export class IncidentQuota {
  private readonly quotas = new Map<string, Quota>()

  /** How many were not kept since the one before; null: this one is not kept either. */
  take(key: string, nowMs: number): number | null {
    const quota = this.quotaOf(key, nowMs)
    const refilled = Math.floor((nowMs - quota.atMs) / REFILL_MS)
    if (refilled > 0) {
      quota.left = Math.min(BURST, quota.left + refilled)
      quota.atMs += refilled * REFILL_MS
    }
    if (quota.left === 0) {
      quota.suppressed++
      return null
    }
    quota.left--
    const { suppressed } = quota
    quota.suppressed = 0
    return suppressed
  }

  private quotaOf(key: string, nowMs: number): Quota {
    const known = this.quotas.get(key)
    if (known) return known
    if (this.quotas.size >= KEYS_MAX) this.quotas.clear()
    const quota = { left: BURST, atMs: nowMs, suppressed: 0 }
    this.quotas.set(key, quota)
    return quota
  }
}
