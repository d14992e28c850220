/** So many calls of one kind in a row without a readable answer open the breaker. */
const CONSECUTIVE_MAX = 5
const WINDOW_MS = 60_000
const BUCKET_MS = 10_000
/** Below this many calls a rate says nothing. */
const CALLS_MIN = 20
const FAULT_RATE_MAX = 0.5

/** Placing orders is watched apart: queries that are answered must not hide that no order gets through. */
export type CallKind = 'order' | 'other'

interface Bucket {
  readonly startMs: number
  calls: number
  faults: number
}

/** What this process has lately seen of an account's calls. A few numbers, however many calls there are. */
export class FaultWindow {
  private readonly consecutive: Record<CallKind, number> = { order: 0, other: 0 }
  private buckets: Bucket[] = []

  /** Notes a call. True: enough is enough. */
  note(kind: CallKind, isFault: boolean, nowMs: number): boolean {
    const bucket = this.bucketAt(nowMs)
    bucket.calls++
    if (!isFault) {
      this.consecutive[kind] = 0
      return false
    }
    bucket.faults++
    this.consecutive[kind]++
    return this.consecutive[kind] >= CONSECUTIVE_MAX || this.isMostlyFaults()
  }

  clear(): void {
    this.buckets = []
    this.consecutive.order = 0
    this.consecutive.other = 0
  }

  private bucketAt(nowMs: number): Bucket {
    const startMs = nowMs - (nowMs % BUCKET_MS)
    const last = this.buckets.at(-1)
    if (last?.startMs === startMs) return last
    const bucket = { startMs, calls: 0, faults: 0 }
    // A clock that goes back takes the newer ones with it, so there are never more than fit the window.
    this.buckets = this.buckets.filter(
      (known) => known.startMs < startMs && startMs - known.startMs < WINDOW_MS,
    )
    this.buckets.push(bucket)
    return bucket
  }

  private isMostlyFaults(): boolean {
    const calls = this.buckets.reduce((sum, bucket) => sum + bucket.calls, 0)
    const faults = this.buckets.reduce((sum, bucket) => sum + bucket.faults, 0)
    return calls >= CALLS_MIN && faults / calls >= FAULT_RATE_MAX
  }
}
