import type { RedisClient } from '../../infra/redis/redis-client.js'
import type { RemoteBuckets } from './shared-buckets.js'
import { type Bucket, levelOf, type Taken } from './token-bucket.js'

/**
 * The same arithmetic as in memory, in whole microseconds of Redis's clock, so that all processes share
 * one. All keys of a call have one hash tag and so one slot: it also runs on a cluster. Numbers are
 * written with "%.0f", because Lua's own way keeps 14 digits and a time in microseconds has 16.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full, wait = {}, 0
for i, key in ipairs(KEYS) do
  local interval = 1000000 / ARGV[2 * i - 1]
  full[i] = math.max(tonumber(redis.call('GET', key) or '0'), now)
  wait = math.max(wait, full[i] + interval - now - ARGV[2 * i] * interval)
end
local isTaken = wait < 1
local answer = { isTaken and 0 or math.ceil(wait) }
for i, key in ipairs(KEYS) do
  if isTaken then
    full[i] = math.ceil(full[i] + 1000000 / ARGV[2 * i - 1])
    redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000))
  end
  answer[i + 1] = full[i] - now
end
return answer`

/** Buckets that every process of the platform shares. */
export class RedisBuckets implements RemoteBuckets {
  constructor(private readonly redis: RedisClient) {}

  get isConnected(): boolean {
    return this.redis.isConnected
  }

  /** Rejects when Redis does not answer in time. */
  async take(buckets: readonly Bucket[]): Promise<Taken> {
    const [last] = buckets.slice(-1)
    // The widest bucket comes last and owns the slot.
    const names = buckets.map(({ name }) => `rate:{${last?.name}}:${name}`)
    const rates = buckets.flatMap(({ rate }) => [rate.perSecond, rate.burst])
    const [waitMicros = 0, ...fullInMicros] = await this.redis.run(TAKE, names, rates)
    return {
      levels: buckets.map(({ rate }, index) => levelOf((fullInMicros[index] ?? 0) / 1000, 0, rate)),
      waitMs: waitMicros / 1000,
    }
  }
}
