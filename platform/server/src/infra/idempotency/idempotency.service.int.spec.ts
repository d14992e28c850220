import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTenant, createTestVault } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { PlatformError } from '../../kernel/errors.js'
import { newId } from '../../kernel/id.js'
import { type Caller, idFor } from '../http/caller.js'
import { HttpError } from '../http/http.errors.js'
import { Reply } from '../http/reply.js'
import { IdempotencyRepository } from './idempotency.repository.js'
import { IdempotencyService } from './idempotency.service.js'

let db: TestDatabase
let repository: IdempotencyRepository
let service: IdempotencyService
let base: Caller

beforeAll(async () => {
  db = await createTestDatabase()
  repository = new IdempotencyRepository(db.database)
  service = new IdempotencyService(repository, 'https://docs')
})
beforeEach(async () => {
  base = (await createTenant(db.database, createTestVault(db.database))).caller
})
afterAll(() => db.drop())

interface Call {
  readonly key?: string
  readonly nonce?: string
  readonly body?: string
  readonly route?: string
}

function call({
  key = newId('req'),
  nonce = newId('req'),
  body = 'a',
  route = 'POST /v1/x',
}: Call = {}) {
  const request_hash = Buffer.alloc(32, body)
  const allotted_id = newId('req').slice('req_'.length)
  return { ...base, idempotency: { route, key, request_hash, nonce, allotted_id } }
}

const refusal = (status: number, retryable = false) =>
  new PlatformError('test_refusal', { status, retryable }, 'no')

/** Work that must not run a second time. */
const never = () => Promise.reject(new Error('this must not run'))

/** As if the process had died in the middle: claimed, nothing stored, and the lock has run out. */
async function die(caller: ReturnType<typeof call>): Promise<void> {
  await repository.claim(caller, caller.idempotency)
  await db.database.query('update idempotency_keys set locked_until = now() where key = $1', [
    caller.idempotency.key,
  ])
}

describe('IdempotencyService', () => {
  test('runs the work once and answers every retry byte for byte', async () => {
    const key = newId('req')
    const first = await service.run(call({ key }), async () => Reply.created({ n: 1 }))
    expect(first).toEqual({ status: 201, body: '{"n":1}', is_replay: false })
    expect(await service.run(call({ key }), never)).toEqual({ ...first, is_replay: true })
  })

  test('refuses the key with another body', async () => {
    const key = newId('req')
    await service.run(call({ key }), async () => ({}))
    await expect(service.run(call({ key, body: 'b' }), never)).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    })
  })

  test('lets the same key be used by another route, app and mode', async () => {
    const key = newId('req')
    const mine = call({ key })
    const others = [
      call({ key, route: 'POST /v1/y' }),
      { ...call({ key }), app_id: newId('app') },
      { ...call({ key }), livemode: true },
    ]
    for (const caller of [mine, ...others]) {
      expect(await service.run(caller, async () => caller.app_id)).toMatchObject({
        is_replay: false,
      })
    }
  })

  test('asks a retry to wait while the first call runs', async () => {
    const key = newId('req')
    let finish = () => {}
    const first = service.run(call({ key }), () =>
      new Promise<void>((resolve) => (finish = resolve)).then(() => 1),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    await expect(service.run(call({ key }), never)).rejects.toMatchObject({
      code: 'idempotency_in_progress',
      options: { retryAfterSeconds: 1, outcome: 'unknown' },
    })
    finish()
    expect(await first).toMatchObject({ body: '1' })
  })

  test('runs the work of a dead call again, under the id that was set aside first', async () => {
    const died = call()
    await die(died)
    const retry = call({ key: died.idempotency.key })
    const answer = await service.run(retry, async () => idFor(retry, 'pay'))
    expect(answer.body).toBe(`"${idFor(died, 'pay')}"`)
  })

  test('lets only one of 20 retries take over a dead call', async () => {
    const died = call()
    await die(died)
    let runs = 0
    const settled = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        service.run(call({ key: died.idempotency.key }), async () => {
          runs++
          return 1
        }),
      ),
    )
    expect(runs).toBe(1)
    expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true)
  })

  test('keeps the first answer when a call ends after the one that took over', async () => {
    const key = newId('req')
    const slow = call({ key })
    const first = service.run(slow, async () => {
      await db.database.query('update idempotency_keys set locked_until = now() where key = $1', [
        key,
      ])
      await service.run(call({ key }), async () => 'second')
      return 'first'
    })
    expect((await first).body).toBe('"first"')
    expect((await service.run(call({ key }), never)).body).toBe('"second"')
  })

  test('stores a business refusal as it was answered, with its outcome', async () => {
    const key = newId('req')
    const caller = call({ key })
    await expect(service.run(caller, () => Promise.reject(refusal(409)))).rejects.toMatchObject({
      code: 'test_refusal',
    })
    const replay = await service.run(call({ key }), never)
    expect([replay.status, replay.is_replay, JSON.parse(replay.body)]).toMatchObject([
      409,
      true,
      { code: 'test_refusal', request_id: caller.request_id, outcome: 'failed' },
    ])
  })

  test('forgets a call that was refused before anything was done, so that another body may use the key', async () => {
    const key = newId('req')
    const invalid = () => Promise.reject(new HttpError('field_missing', 'no'))
    await expect(service.run(call({ key }), invalid)).rejects.toMatchObject({
      code: 'field_missing',
    })
    expect(await service.run(call({ key, body: 'b' }), async () => 1)).toMatchObject({
      is_replay: false,
    })
  })

  test.each([
    ['says "later"', refusal(409, true)],
    ['breaks', new Error('boom')],
    ['is down', refusal(503, true)],
  ])('lets a call be tried again at once when it %s', async (_, error) => {
    const key = newId('req')
    const work = () => Promise.reject(error)
    await expect(service.run(call({ key }), work)).rejects.toBe(error)
    expect(await service.run(call({ key }), async () => 1)).toMatchObject({ is_replay: false })
  })

  test('takes one of 50 uses of a nonce', async () => {
    const nonce = newId('req')
    const settled = await Promise.allSettled(
      Array.from({ length: 50 }, () => service.run(call({ nonce }), async () => 1)),
    )
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const codes = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    expect(new Set(codes)).toEqual(new Set(['nonce_replayed']))
  })

  test('uses up the nonce of a retry as well', async () => {
    const key = newId('req')
    await service.run(call({ key }), async () => 1)
    const retry = call({ key })
    await service.run(retry, never)
    await expect(service.run(retry, never)).rejects.toMatchObject({ code: 'nonce_replayed' })
  })

  test('drops all that has served its time, however much, and nothing else', async () => {
    const kept = call()
    await service.run(kept, async () => 1)
    await db.database.query(
      `insert into idempotency_keys (institution_id, livemode, app_id, route, key, request_hash,
         allotted_id, locked_until, expires_at)
       select $1, false, 'app', 'POST /', number::text, '', '', now(), now() - interval '1 second'
         from generate_series(1, 12000) as number`,
      [base.institution_id],
    )
    await db.database.query(
      `insert into request_nonces (institution_id, key_id, nonce, used_at)
       select $1, 'key', number::text, now() - interval '16 minutes'
         from generate_series(1, 12000) as number`,
      [base.institution_id],
    )
    await repository.removeExpired()
    const [left] = await db.database.query<{ keys: bigint; nonces: bigint }>(
      `select (select count(*) from idempotency_keys where institution_id = $1) as keys,
              (select count(*) from request_nonces where institution_id = $1) as nonces`,
      [base.institution_id],
    )
    expect(left).toEqual({ keys: 1n, nonces: 1n })
  })
})
