import { createHmac, timingSafeEqual } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import {
  emit,
  makeCaller,
  makeWebhooks,
  type ReceivedRequest,
  startReceiver,
} from '../webhooks.fixture.js'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

/** Written from the Standard Webhooks document, without our own code. */
function isSigned(secret: string, { headers, body }: ReceivedRequest): boolean {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const right = createHmac('sha256', key).update(content).digest()
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice(3), 'base64'))
    .some((one) => one.length === right.length && timingSafeEqual(one, right))
}

const isFresh = ({ headers }: ReceivedRequest) =>
  Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300

interface Behaviour {
  readonly answer?: (request: ReceivedRequest, secret: string) => number
  readonly delayMs?: number
  readonly meanwhile?: (made: { id: string }) => Promise<unknown>
}

const honest = (request: ReceivedRequest, secret: string) =>
  isSigned(secret, request) && isFresh(request) ? 204 : 401

async function grade({ answer = honest, delayMs = 0, meanwhile }: Behaviour) {
  const caller = makeCaller()
  const webhooks = makeWebhooks(db.database)
  let secret = ''
  const receiver = await startReceiver((request, response) => {
    setTimeout(() => response.writeHead(answer(request, secret)).end(), delayMs)
  })
  try {
    const body = { url: receiver.url, event_types: [], metadata: {} }
    const { body: endpoint } = await webhooks.endpoints.create(caller, body)
    secret = endpoint.secret ?? ''
    await emit(db.database, caller, 'bill.created')
    const { body: asked } = await webhooks.grades.create(caller, { endpoint: endpoint.id })
    expect(asked).toMatchObject({ status: 'running', cases: [], finished_at: null })
    await meanwhile?.({ id: endpoint.id })
    const { institution_id, livemode } = caller
    await webhooks.gradeRun.start({ institution_id, livemode, id: asked.id })
    await webhooks.gradeRun.drain()
    const done = await webhooks.grades.get(caller, asked.id)
    const { verified_at } = await webhooks.endpoints.get(caller, endpoint.id)
    const verdicts = Object.fromEntries(done.cases.map((one) => [one.case, one.verdict]))
    return { caller, webhooks, receiver, endpoint, done, verdicts, verified_at }
  } finally {
    await receiver.close()
  }
}

const ALL_PASSED = {
  ...{ valid: 'passed', duplicate: 'passed', bad_signature: 'passed', stale_timestamp: 'passed' },
  ...{ reordered: 'passed', unknown_type: 'passed', answer_time: 'passed' },
}

describe('a receiver', () => {
  test('that does everything right passes, and its endpoint is verified', async () => {
    const { done, verdicts, verified_at, receiver } = await grade({})
    expect(verdicts).toEqual(ALL_PASSED)
    expect(done).toMatchObject({ status: 'passed', finished_at: expect.any(String) })
    expect(verified_at).not.toBeNull()
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids).toHaveLength(8)
    expect(ids[0]).toBe(ids[1])
    const [newer, older] = receiver.received.slice(4, 6).map(({ body }) => JSON.parse(body))
    expect(newer.data.object.id).toBe(older.data.object.id)
    expect(newer.created_at > older.created_at).toBe(true)
    for (const one of done.cases) expect(one.advice).toBeNull()
  })

  test('that believes everybody fails, and is told so in both languages', async () => {
    const { done, verdicts, verified_at } = await grade({ answer: () => 200 })
    const wrong = { bad_signature: 'failed', stale_timestamp: 'failed' }
    expect(verdicts).toEqual({ ...ALL_PASSED, ...wrong })
    expect(done.status).toBe('failed')
    expect(verified_at).toBeNull()
    const forged = done.cases.find((one) => one.case === 'bad_signature')
    expect(forged?.advice).toEqual({ en: expect.any(String), zh: expect.any(String) })
    expect(forged?.observed.en).toMatch(/^Answered 200 after/)
    expect(forged?.exchanges).toHaveLength(1)
  })

  test('that does not look at the time fails for that alone', async () => {
    const { verdicts } = await grade({
      answer: (request, secret) => (isSigned(secret, request) ? 200 : 400),
    })
    expect(verdicts).toEqual({ ...ALL_PASSED, stale_timestamp: 'failed' })
  })

  test('that refuses duplicates and unknown types fails for those', async () => {
    const seen = new Set<string>()
    const { verdicts } = await grade({
      answer: (request, secret) => {
        if (honest(request, secret) !== 204) return 401
        const id = String(request.headers['webhook-id'])
        if (seen.has(id)) return 409
        seen.add(id)
        return JSON.parse(request.body).type.startsWith('bill.') ? 200 : 400
      },
    })
    expect(verdicts).toEqual({ ...ALL_PASSED, duplicate: 'failed', unknown_type: 'failed' })
  })

  test('that fails instead of refusing is warned', async () => {
    const { done, verdicts } = await grade({
      answer: (request, secret) => (honest(request, secret) === 204 ? 200 : 500),
    })
    const warned = { bad_signature: 'warning', stale_timestamp: 'warning' }
    expect(verdicts).toEqual({ ...ALL_PASSED, ...warned })
    expect(done.status).toBe('passed')
  })

  test('that is slow is warned', async () => {
    const { verdicts, done } = await grade({ delayMs: 2_100 })
    expect(verdicts).toEqual({ ...ALL_PASSED, answer_time: 'warning' })
    expect(done.status).toBe('passed')
  }, 40_000)

  test('that does not answer is asked once', async () => {
    const { receiver, ...made } = await grade({})
    // Nobody listens there any more.
    const { caller, webhooks, endpoint } = made
    const { body } = await webhooks.grades.create(caller, { endpoint: endpoint.id })
    const { institution_id, livemode } = caller
    await webhooks.gradeRun.start({ institution_id, livemode, id: body.id })
    await webhooks.gradeRun.drain()
    const done = await webhooks.grades.get(caller, body.id)
    expect(done.status).toBe('failed')
    expect(done.cases.map(({ verdict }) => verdict)).toEqual([
      'failed',
      ...Array.from({ length: 6 }, () => 'not_run'),
    ])
  })

  test('that passes is not verified by it when the URL was changed meanwhile', async () => {
    const { done, verified_at } = await grade({
      meanwhile: ({ id }) =>
        db.database.query(
          `update webhook_endpoints set url = 'http://localhost:9/' where id = $1`,
          [id],
        ),
    })
    expect(done.status).toBe('passed')
    expect(verified_at).toBeNull()
  })
})

describe('grading', () => {
  test('is refused before anything has happened, while one runs, and to strangers', async () => {
    const caller = makeCaller()
    const { endpoints, grades, gradeRun } = makeWebhooks(db.database)
    const body = {
      url: 'https://example.com/hook',
      event_types: ['bill.paid' as const],
      metadata: {},
    }
    const { id } = (await endpoints.create(caller, body)).body
    const ask = (who = caller) => grades.create(who, { endpoint: id })
    await emit(db.database, caller, 'bill.created')
    await expect(ask()).rejects.toMatchObject({ code: 'webhook_grade_not_possible' })
    await emit(db.database, caller, 'bill.paid')
    const { body: asked } = await ask()
    await expect(ask()).rejects.toMatchObject({ code: 'webhook_grade_conflict' })
    await expect(ask(makeCaller())).rejects.toMatchObject({ code: 'webhook_endpoint_not_found' })
    await expect(grades.get(makeCaller(), asked.id)).rejects.toMatchObject({
      code: 'webhook_grade_not_found',
    })
    gradeRun.onModuleDestroy()
    const { institution_id, livemode } = caller
    await gradeRun.start({ institution_id, livemode, id: asked.id })
    expect((await grades.list(caller, { limit: 20, endpoint_id: id })).data).toMatchObject([
      { id: asked.id, status: 'running' },
    ])
  })

  test('goes on in another process when one dies, and not in two at once', async () => {
    const caller = makeCaller()
    const { endpoints, grades, gradeRun } = makeWebhooks(db.database)
    const receiver = await startReceiver((_, response) => response.writeHead(204).end())
    try {
      const body = { url: receiver.url, event_types: [], metadata: {} }
      const { id } = (await endpoints.create(caller, body)).body
      await emit(db.database, caller, 'bill.created')
      const { body: asked } = await grades.create(caller, { endpoint: id })
      const { institution_id, livemode } = caller
      const key = { institution_id, livemode, id: asked.id }
      await db.database.query(
        `update webhook_grades set locked_until = now() + interval '1 minute' where id = $1`,
        [asked.id],
      )
      await gradeRun.start(key)
      await gradeRun.drain()
      expect(receiver.received).toHaveLength(0)
      await db.database.query(
        `update webhook_grades set locked_until = now() - interval '1 second' where id = $1`,
        [asked.id],
      )
      await gradeRun.start(key)
      await gradeRun.drain()
      expect((await grades.get(caller, asked.id)).status).toBe('failed')
      const change = `update webhook_grades set status = 'passed' where id = $1`
      await expect(db.database.query(change, [asked.id])).rejects.toThrow('does not change')
    } finally {
      await receiver.close()
    }
  })
})
