import { performance } from 'node:perf_hooks'
import type { Clock } from '../../kernel/clock.js'

/** Machines that are kept in time differ by less; their own clock is then as good as the database's. */
const TOLERANCE_MS = 1_000
/** An answer that took longer says too little about the moment at which it was given. */
const ROUND_TRIP_MS_MAX = 500

/**
 * The time that all processes share: it goes by the clock that never jumps (monotonic, like timers), and is set
 * by the database's when it is off. So a machine whose own clock is wrong, or is set while we run, neither
 * refuses good signatures nor dates money by it.
 */
export class SharedClock implements Clock {
  private originMs: number

  constructor(
    private readonly monotonicMs: () => number = () => performance.now(),
    startMs: number = Date.now(),
  ) {
    this.originMs = startMs - monotonicMs()
  }

  now(): Date {
    return new Date(this.nowMs())
  }

  /** @returns by how many milliseconds it was set forward (or, negative, back); 0: it was right. */
  async align(databaseMs: () => Promise<number>): Promise<number> {
    const askedAtMs = this.monotonicMs()
    const answerMs = await databaseMs()
    const roundTripMs = this.monotonicMs() - askedAtMs
    if (roundTripMs > ROUND_TRIP_MS_MAX) return 0
    const skewMs = answerMs + roundTripMs / 2 - this.nowMs()
    if (Math.abs(skewMs) <= TOLERANCE_MS) return 0
    this.originMs += skewMs
    return Math.round(skewMs)
  }

  private nowMs(): number {
    return this.originMs + this.monotonicMs()
  }
}
