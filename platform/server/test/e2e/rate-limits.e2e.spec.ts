import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Contract } from '../support/contract.js'
import { expectProblem } from '../support/endpoint-contract.js'
import { paymentBody } from '../support/fixtures.js'
import { OwnApi } from '../support/own-api.js'
import { createApp, type TestApp } from '../support/platform.js'
import {
  newKey,
  type PreparedRequest,
  prepareRequest,
  type RawAnswer,
  type RawRequest,
  transmit,
} from '../support/raw-request.js'
import { RedisServer } from '../support/redis-process.js'
import { describeWithRedis } from '../support/redis-server.js'
import { until } from '../support/until.js'

const contract = Contract.read()
const OFF = { RATE_LIMIT_KEY: '0', RATE_LIMIT_INSTITUTION: '0', RATE_LIMIT_FAILURES: '0' }

async function sendTo(api: OwnApi, app: TestApp, request: RawRequest): Promise<RawAnswer> {
  const { key_id: keyId, private_key: privateKey } = app
  const prepared = prepareRequest({ apiBase: api.origin, keyId, privateKey }, request)
  const answer = await transmit(prepared)
  expect(contract.violationsOf(prepared.method, prepared.url, answer)).toEqual([])
  return answer
}

const read: RawRequest = { path: '/v1/payments' }
const statuses = (answers: readonly RawAnswer[]) => answers.map(({ status }) => status)

describe('a key that calls too often', () => {
  let api: OwnApi
  let app: TestApp
  beforeAll(async () => {
    // So slow that even on a busy machine no token comes back meanwhile.
    api = await OwnApi.start({ ...OFF, RATE_LIMIT_KEY: '0.01:4' })
    app = await createApp()
  }, 60_000)
  afterAll(() => api.stop())

  test('is told how much is left, and then refused with Retry-After', async () => {
    const first = await sendTo(api, app, read)
    expect(first.status).toBe(200)
    expect(first.headers.get('ratelimit-policy')).toBe('"default";q=4;w=400')
    expect(first.headers.get('ratelimit')).toBe('"default";r=3;t=100')
    const rest = await Promise.all([1, 2, 3, 4, 5].map(() => sendTo(api, app, read)))
    expect(statuses(rest).sort()).toEqual([200, 200, 200, 429, 429])
    const refused = await sendTo(api, app, read)
    expectProblem(refused, 429, 'rate_limited')
    expect(refused.json.retryable).toBe(true)
    expect(refused.headers.get('ratelimit')).toMatch(/^"default";r=0;t=(400|3\d\d)$/)
    const waitSeconds = Number(refused.headers.get('retry-after'))
    expect(waitSeconds).toBeGreaterThan(30)
    expect(waitSeconds).toBeLessThanOrEqual(100)
  })

  test('has not done what was refused: the key is unused, the number is free', async () => {
    const neighbour = await createApp()
    for (let n = 0; n < 4; n += 1) await sendTo(api, neighbour, read)
    const body = paymentBody()
    const idempotencyKey = newKey()
    const create = { path: '/v1/payments', body, idempotencyKey }
    const refused = await sendTo(api, neighbour, create)
    expectProblem(refused, 429, 'rate_limited')
    expect(refused.json.outcome).toBe('failed')
    // Through the platform without limits: had anything been kept, this would be a replay or a 422.
    const other = await neighbour.send({
      ...create,
      body: { ...body, metadata: { tried: 'again' } },
    })
    expect(other.status).toBe(201)
    expect(other.headers.get('idempotent-replayed')).toBeNull()
  })

  test('does not slow others down', async () => {
    const neighbour = await createApp()
    for (let n = 0; n < 6; n += 1) await sendTo(api, app, read)
    expect((await sendTo(api, neighbour, read)).status).toBe(200)
  })
})

describe('a key that was refused', () => {
  let api: OwnApi
  beforeAll(async () => {
    api = await OwnApi.start({ ...OFF, RATE_LIMIT_KEY: '1:1' })
  }, 60_000)
  afterAll(() => api.stop())

  /** Many at once, so that some are refused, and then nothing for as long as the last one was told to wait. */
  async function beRefusedAndWait(app: TestApp): Promise<void> {
    const answers = await Promise.all(Array.from({ length: 20 }, () => sendTo(api, app, read)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    const waits = refused.map(({ headers }) => Number(headers.get('retry-after')))
    await new Promise((done) => setTimeout(done, Math.max(...waits) * 1000))
  }

  test('is let in again after Retry-After', async () => {
    const app = await createApp()
    await beRefusedAndWait(app)
    expect((await sendTo(api, app, read)).status).toBe(200)
  })

  test('has not used up the nonce of its DELETE', async () => {
    const prepared = await refusedDelete(await createApp())
    await new Promise((done) => setTimeout(done, 1_000))
    expect((await transmit(prepared)).status).toBe(200)
    await new Promise((done) => setTimeout(done, 1_000))
    expectProblem(await transmit(prepared), 401, 'nonce_replayed')
  })

  /** Sent behind many reads, it is refused unless it overtakes all of them. */
  async function refusedDelete(app: TestApp): Promise<PreparedRequest> {
    for (;;) {
      const { id } = await app.bursar.webhookEndpoints.create({ url: 'http://localhost:9/hook' })
      const { key_id: keyId, private_key: privateKey } = app
      const request = { method: 'DELETE', path: `/v1/webhook_endpoints/${id}` }
      const prepared = prepareRequest({ apiBase: api.origin, keyId, privateKey }, request)
      const reads = Array.from({ length: 10 }, () => sendTo(api, app, read))
      const [answer] = await Promise.all([transmit(prepared), ...reads])
      if (answer.status === 429) return prepared
    }
  }
})

test('an institution has a limit over all of its keys', async () => {
  const api = await OwnApi.start({ ...OFF, RATE_LIMIT_INSTITUTION: '0.01:3' })
  try {
    const apps = [await createApp(), await createApp()]
    const answers = []
    for (let n = 0; n < 4; n += 1) answers.push(await sendTo(api, apps[n % 2] ?? fail(), read))
    expect(statuses(answers)).toEqual([200, 200, 200, 429])
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"institution";q=3;w=300')
  } finally {
    await api.stop()
  }
}, 60_000)

function fail(): never {
  throw new Error('there are two apps')
}

describe('an address with wrong credentials', () => {
  let api: OwnApi
  beforeAll(async () => {
    api = await OwnApi.start({ ...OFF, RATE_LIMIT_FAILURES: '0.01:5' })
  }, 60_000)
  afterAll(() => api.stop())

  test('is not listened to for a while, and those proven from there are', async () => {
    const known = await createApp()
    const stranger = await createApp()
    expect((await sendTo(api, known, read)).status).toBe(200)
    const guess = { ...read, tamper: broken }
    const guesses = []
    for (let n = 0; n < 7; n += 1) guesses.push(await sendTo(api, stranger, guess))
    expect(statuses(guesses).slice(0, 5)).toEqual([401, 401, 401, 401, 401])
    const last = guesses.at(-1)
    if (!last) throw new Error('there were guesses')
    expectProblem(last, 429, 'too_many_failures')
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(30)
    expectProblem(await sendTo(api, stranger, read), 429, 'too_many_failures')
    expect((await sendTo(api, known, read)).status).toBe(200)
    // What needs no credentials does not depend on who guesses them.
    expect((await fetch(`${api.origin}/healthz`)).status).toBe(200)
    expectProblem(await sendTo(api, stranger, { ...read, signed: false }), 401, 'signature_missing')
  })
})

function broken(headers: Record<string, unknown>): void {
  headers.signature = `bursar=:${Buffer.alloc(64, 7).toString('base64')}:`
}

describeWithRedis('with Redis', () => {
  test('two processes share a bucket, and live on without it', async () => {
    const redis = await RedisServer.start()
    const settings = { ...OFF, RATE_LIMIT_KEY: '0.01:6', REDIS_URL: redis.url }
    const apis = await Promise.all([OwnApi.start(settings), OwnApi.start(settings)])
    try {
      const [one, two] = apis
      // Twelve would pass, if they did not share. A busy machine may answer one of them too late, and a
      // process then counts by itself for a while: what has to be seen is a whole round of six.
      const { app } = await until(
        async () => {
          const app = await createApp()
          const answers = []
          for (let n = 0; n < 12; n += 1) {
            answers.push(await sendTo(n % 2 === 0 ? one : two, app, read))
          }
          return { app, passed: statuses(answers).filter((status) => status === 200).length }
        },
        ({ passed }) => passed === 6,
        30_000,
      )
      const complaints = () => one.log.match(/Redis does not answer/g)?.length ?? 0
      const complaintsBefore = complaints()
      redis.signal('SIGSTOP')
      const startedMs = performance.now()
      // In Redis the bucket is empty: who is let through has one of this process's own.
      expect((await sendTo(one, app, read)).status).toBe(200)
      // It takes 250 ms; the rest is for a busy machine.
      expect(performance.now() - startedMs).toBeLessThan(5_000)
      await sendTo(one, app, read)
      // Said once, not for every request; not again where it was too slow a moment ago.
      expect(complaints()).toBeGreaterThanOrEqual(1)
      expect(complaints()).toBeLessThanOrEqual(complaintsBefore + 1)
      redis.signal('SIGCONT')
      await until(
        async () => {
          await sendTo(one, app, read)
          return one.log
        },
        (log) => log.includes('Redis answers again'),
        10_000,
      )
    } finally {
      await Promise.all(apis.map((api) => api.stop()))
      await redis.stop()
    }
  }, 60_000)
})
