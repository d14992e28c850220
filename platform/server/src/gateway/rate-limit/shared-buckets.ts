import type { MemoryBuckets } from './memory-buckets.js'
import type { Bucket, Buckets, Taken } from './token-bucket.js'

const PAUSE_MS = 1_000

/** Buckets that live elsewhere and may not be reachable. */
export interface RemoteBuckets {
  readonly isConnected: boolean
  take(buckets: readonly Bucket[]): Promise<Taken>
}

/**
 * Shared buckets while they answer, this process's own while they don't. After a failure one request a
 * second tries again and the others don't wait for it. Both changes are said once.
 */
export class SharedBuckets implements Buckets {
  private isAway = false
  private nextTryMs = 0

  constructor(
    private readonly remote: RemoteBuckets,
    private readonly memory: MemoryBuckets,
    private readonly say: (level: 'log' | 'warn', text: string) => void,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  take(buckets: readonly Bucket[]): Taken | Promise<Taken> {
    if (this.isAway && this.monotonicMs() < this.nextTryMs) return this.memory.take(buckets)
    if (!this.remote.isConnected) {
      this.leave()
      return this.memory.take(buckets)
    }
    // Taken before the answer is there, so that a slow one is waited for by one request only.
    if (this.isAway) this.nextTryMs = this.monotonicMs() + PAUSE_MS
    return this.tryRemote(buckets)
  }

  private async tryRemote(buckets: readonly Bucket[]): Promise<Taken> {
    try {
      const taken = await this.remote.take(buckets)
      this.comeBack()
      return taken
    } catch {
      this.leave()
      return this.memory.take(buckets)
    }
  }

  private leave(): void {
    this.nextTryMs = this.monotonicMs() + PAUSE_MS
    if (this.isAway) return
    this.isAway = true
    this.say('warn', 'Redis does not answer: rate limits hold per process until it does.')
  }

  private comeBack(): void {
    if (!this.isAway) return
    this.isAway = false
    this.say('log', 'Redis answers again: rate limits are shared.')
  }
}
