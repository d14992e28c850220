import {
  afterTaking,
  type Bucket,
  type Buckets,
  levelOf,
  type Taken,
  waitFor,
} from './token-bucket.js'

const BUCKETS_MAX = 100_000
const SWEEP_EVERY_MS = 1_000

/** Buckets of this process. A full bucket needs no memory: it is the same as one that was never used. */
export class MemoryBuckets implements Buckets {
  private readonly fullAtMs = new Map<string, number>()
  private sweptAtMs = Number.NEGATIVE_INFINITY

  constructor(
    private readonly bucketsMax = BUCKETS_MAX,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  take(buckets: readonly Bucket[]): Taken {
    const nowMs = this.monotonicMs()
    let waitMs = 0
    for (const { name, rate } of buckets) {
      const fullAtMs = afterTaking(this.fullAtMs.get(name) ?? 0, nowMs, rate)
      waitMs = Math.max(waitMs, waitFor(fullAtMs, nowMs, rate))
    }
    const isTaken = waitMs === 0
    const levels = buckets.map(({ name, rate }) => {
      const before = this.fullAtMs.get(name) ?? 0
      const fullAtMs = isTaken ? afterTaking(before, nowMs, rate) : before
      if (isTaken) this.fullAtMs.set(name, fullAtMs)
      return levelOf(fullAtMs, nowMs, rate)
    })
    if (this.fullAtMs.size > this.bucketsMax) this.sweep(nowMs)
    return { levels, waitMs }
  }

  /** How long until this bucket would give a token; takes none. */
  waitMs({ name, rate }: Bucket): number {
    const fullAtMs = this.fullAtMs.get(name)
    if (fullAtMs === undefined) return 0
    const nowMs = this.monotonicMs()
    return waitFor(afterTaking(fullAtMs, nowMs, rate), nowMs, rate)
  }

  get size(): number {
    return this.fullAtMs.size
  }

  /** Drops what is full again; if that is not enough, the buckets made first. */
  private sweep(nowMs: number): void {
    if (nowMs - this.sweptAtMs >= SWEEP_EVERY_MS) {
      this.sweptAtMs = nowMs
      for (const [name, fullAtMs] of this.fullAtMs) {
        if (fullAtMs <= nowMs) this.fullAtMs.delete(name)
      }
    }
    for (const name of this.fullAtMs.keys()) {
      if (this.fullAtMs.size <= this.bucketsMax) return
      this.fullAtMs.delete(name)
    }
  }
}
