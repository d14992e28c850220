import { newNumber } from '../../support/fixtures.js'
import { isRedisInstalled, RedisServer } from '../../support/redis-process.js'
import { pause, until } from '../../support/until.js'
import type { Scenario } from '../scenario.types.js'

const HANG_MS = 20_000
/** How soon an honest receiver must be told while another one hangs. */
const TOLD_WITHIN_MS = 15_000
const REDIS_GONE_MS = 6_000

let redis: RedisServer | undefined

export const neighbours: readonly Scenario[] = [
  {
    name: 'receiver-hangs',
    does: `one app's server takes webhooks and answers none for ${HANG_MS / 1000} s; the other app's goes on`,
    backWithinMs: 30_000,
    async strike({ platform, recovered, note }) {
      const [honest, hanging] = platform.apps
      if (!honest || !hanging) throw new Error('it takes two apps')
      hanging.sink.hang()
      let slowestMs = 0
      try {
        const deadline = Date.now() + HANG_MS
        while (Date.now() < deadline) {
          const startedAtMs = Date.now()
          const params = { out_trade_no: newNumber(), amount: 100, subject: 'Is it told?' }
          const { id } = await honest.bursar.payments.create(params)
          await until(
            async () => honest.sink.has('payment.created', id),
            (isTold) => isTold,
            TOLD_WITHIN_MS,
          )
          slowestMs = Math.max(slowestMs, Date.now() - startedAtMs)
          await pause(500)
        }
      } finally {
        hanging.sink.goOn()
      }
      note(`the honest receiver was told within ${slowestMs} ms at the slowest`)
      await recovered(Date.now())
    },
  },
  {
    name: 'redis-gone',
    does: `Redis is stopped (SIGSTOP) for ${REDIS_GONE_MS / 1000} s, killed for as long, and started again, empty`,
    backWithinMs: 30_000,
    missing: () =>
      isRedisInstalled() ? null : 'redis-server is missing: apt-get install redis-server',
    async prepare() {
      const server = await RedisServer.start()
      redis = server
      const env = {
        REDIS_URL: server.url,
        RATE_LIMIT_KEY: '100000',
        RATE_LIMIT_INSTITUTION: '100000',
      }
      return { settings: { env }, dispose: () => server.stop() }
    },
    async strike({ recovered }) {
      if (!redis) throw new Error('there is no Redis')
      const stoppedAtMs = Date.now()
      redis.signal('SIGSTOP')
      await recovered(stoppedAtMs)
      await pause(REDIS_GONE_MS)
      const killedAtMs = Date.now()
      await redis.stop()
      await recovered(killedAtMs)
      await pause(REDIS_GONE_MS)
      await redis.restart()
      await recovered(Date.now())
    },
  },
]
