import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { z } from 'zod'

/** Redis is a convenience: whoever asks it rather has no answer than a late one. */
const COMMAND_TIMEOUT_MS = 250
const CONNECT_TIMEOUT_MS = 1_000
const RECONNECT_DELAY_MS_MAX = 1_000

const Numbers = z.array(z.number())

/** Scripts over a connection that is allowed to be gone. Never waits for a connection, never queues. */
export class RedisClient {
  private readonly redis: Redis
  private readonly hashes = new Map<string, string>()

  constructor(url: string) {
    this.redis = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, RECONNECT_DELAY_MS_MAX),
    })
    // Each failure reaches whoever made the call; a connection that is away is tried again for ever.
    this.redis.on('error', () => {})
  }

  /** Whether a call has a chance. */
  get isConnected(): boolean {
    return this.redis.status === 'ready'
  }

  /** Runs a script that answers with integers. Rejects when Redis is away, slow or refuses. */
  async run(
    script: string,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<readonly number[]> {
    const given = [keys.length, ...keys, ...values] as const
    try {
      return Numbers.parse(await this.redis.evalsha(this.hashOf(script), ...given))
    } catch (error) {
      // Redis was started anew, or sees this script for the first time.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return Numbers.parse(await this.redis.eval(script, ...given))
    }
  }

  close(): void {
    this.redis.disconnect()
  }

  private hashOf(script: string): string {
    const known = this.hashes.get(script)
    if (known) return known
    const hash = createHash('sha1').update(script).digest('hex')
    this.hashes.set(script, hash)
    return hash
  }
}
