import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { RedisServer } from '../../../test/support/redis-process.js'
import { describeWithRedis } from '../../../test/support/redis-server.js'
import { until } from '../../../test/support/until.js'
import { RedisClient } from '../../infra/redis/redis-client.js'
import { MemoryBuckets } from './memory-buckets.js'
import { RedisBuckets } from './redis-buckets.js'
import { SharedBuckets } from './shared-buckets.js'

describeWithRedis('buckets in Redis', () => {
  let server: RedisServer
  const clients: RedisClient[] = []

  const connect = async (): Promise<RedisClient> => {
    const client = new RedisClient(server.url)
    clients.push(client)
    await until(
      async () => client.isConnected,
      (isConnected) => isConnected,
    )
    return client
  }

  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterAll(async () => {
    for (const client of clients) client.close()
    await server.stop()
  })

  test('are shared by all processes: together they let the burst pass, and no more', async () => {
    const processes = [new RedisBuckets(await connect()), new RedisBuckets(await connect())]
    const bucket = { name: 'shared', rate: { perSecond: 0.01, burst: 20 } }
    const taken = await Promise.all(
      Array.from({ length: 60 }, (_, n) => processes[n % 2]?.take([bucket])),
    )
    expect(taken.filter((one) => one?.waitMs === 0)).toHaveLength(20)
    const refused = taken.filter((one) => one && one.waitMs > 0)
    for (const one of refused) {
      expect(one?.waitMs).toBeLessThanOrEqual(100_000)
      expect(one?.levels[0]).toMatchObject({ remaining: 0 })
    }
  })

  test('fill up again by the clock of Redis', async () => {
    const buckets = new RedisBuckets(await connect())
    const bucket = { name: 'filling', rate: { perSecond: 5, burst: 2 } }
    const take = async () => (await buckets.take([bucket])).waitMs
    const waits = await Promise.all(Array.from({ length: 20 }, take))
    const waitMs = Math.max(...waits)
    expect(waitMs).toBeGreaterThan(0)
    await new Promise((done) => setTimeout(done, waitMs + 2))
    expect(await take()).toBe(0)
  })

  test('give a token together or not at all, and leave nothing behind when full', async () => {
    const client = await connect()
    const buckets = new RedisBuckets(client)
    const narrow = { name: 'narrow', rate: { perSecond: 1, burst: 1 } }
    const wide = { name: 'wide', rate: { perSecond: 1, burst: 10 } }
    await buckets.take([narrow, wide])
    const refused = await buckets.take([narrow, wide])
    expect(refused.waitMs).toBeGreaterThan(0)
    expect((await buckets.take([wide])).levels[0]?.remaining).toBeGreaterThanOrEqual(8)
    const left = () => client.run("return { #redis.call('KEYS', 'rate:{wide}:*') }", [], [])
    await until(left, ([count]) => count === 0)
  })

  test('survive a Redis that was started anew and forgot the script', async () => {
    const client = await connect()
    const buckets = new RedisBuckets(client)
    const bucket = { name: 'flushed', rate: { perSecond: 0.01, burst: 5 } }
    await buckets.take([bucket])
    await server.restart()
    await until(
      () =>
        buckets.take([bucket]).then(
          ({ levels }) => levels[0]?.remaining,
          () => null,
        ),
      (remaining) => remaining !== null && remaining !== undefined,
    )
  })
})

describeWithRedis('a Redis that goes away', () => {
  test.each(['SIGSTOP', 'SIGKILL'] as const)(
    'by %s: the process limits by itself at once, and comes back by itself',
    async (signal) => {
      const server = await RedisServer.start()
      const client = new RedisClient(server.url)
      const said: string[] = []
      const buckets = new SharedBuckets(new RedisBuckets(client), new MemoryBuckets(), (level) =>
        said.push(level),
      )
      const bucket = { name: 'a', rate: { perSecond: 0.01, burst: 100 } }
      const take = async () => buckets.take([bucket])
      try {
        await until(
          async () => client.isConnected,
          (isConnected) => isConnected,
        )
        await take()
        await take()
        server.signal(signal)
        const startedMs = performance.now()
        const alone = await take()
        // It takes 250 ms; the rest is for a busy machine.
        expect(performance.now() - startedMs).toBeLessThan(5_000)
        expect(alone).toMatchObject({ waitMs: 0, levels: [{ remaining: 99 }] })
        expect(said).toEqual(['warn'])
        if (signal === 'SIGSTOP') server.signal('SIGCONT')
        else await server.restart()
        await until(take, () => said.length === 2, 10_000)
        expect(said).toEqual(['warn', 'log'])
      } finally {
        client.close()
        await server.stop()
      }
    },
  )
})
