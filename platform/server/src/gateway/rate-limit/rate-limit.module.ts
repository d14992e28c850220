import { Inject, Logger, Module, type OnModuleDestroy } from '@nestjs/common'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { RedisClient } from '../../infra/redis/redis-client.js'
import { MemoryBuckets } from './memory-buckets.js'
import { RateLimiter } from './rate-limiter.js'
import { RedisBuckets } from './redis-buckets.js'
import { SharedBuckets } from './shared-buckets.js'

/** Null without `REDIS_URL`. */
const REDIS = Symbol('redis')

@Module({
  providers: [
    {
      provide: REDIS,
      inject: [CONFIG],
      useFactory: ({ redisUrl }: Config) => (redisUrl ? new RedisClient(redisUrl) : null),
    },
    {
      provide: RateLimiter,
      inject: [CONFIG, REDIS],
      useFactory: ({ rateLimits }: Config, redis: RedisClient | null) =>
        new RateLimiter(rateLimits, redis ? sharedBuckets(redis) : new MemoryBuckets()),
    },
  ],
  exports: [RateLimiter],
})
export class RateLimitModule implements OnModuleDestroy {
  constructor(@Inject(REDIS) private readonly redis: RedisClient | null) {}

  onModuleDestroy(): void {
    this.redis?.close()
  }
}

function sharedBuckets(redis: RedisClient): SharedBuckets {
  const logger = new Logger('RateLimit')
  return new SharedBuckets(new RedisBuckets(redis), new MemoryBuckets(), (level, text) =>
    logger[level](text),
  )
}
