import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createTenant, createTestVault } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { copyLine } from '../../infra/database/copy-text.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { newRecord } from './request-log.fixture.js'
import { RequestLogRepository, ROW_COLUMNS } from './request-log.repository.js'
import { RequestLogListQuery } from './request-log.schema.js'
import { RequestLogService } from './request-log.service.js'
import type { RequestRecord } from './request-log.types.js'
import { positionText, readPosition } from './request-log-position.js'
import { RequestLogRelatedRepository } from './request-log-related.repository.js'
import { toRequestLogRow } from './request-log-row.rules.js'
import { RequestLogTailRepository } from './request-log-tail.repository.js'
import { RequestLogTailService } from './request-log-tail.service.js'

let testDatabase: TestDatabase
let repository: RequestLogRepository
let tailService: RequestLogTailService
let service: RequestLogService
let caller: Caller
beforeAll(async () => {
  testDatabase = await createTestDatabase()
  const { database } = testDatabase
  repository = new RequestLogRepository(database)
  tailService = new RequestLogTailService(new RequestLogTailRepository(database))
  const related = new RequestLogRelatedRepository(database)
  service = new RequestLogService(repository, related, tailService, createTestVault(database))
})
beforeEach(async () => {
  const { database } = testDatabase
  ;({ caller } = await createTenant(database, createTestVault(database)))
})
afterAll(() => testDatabase.drop())

const record = (changes: Partial<RequestRecord> = {}) => newRecord({ author: caller, ...changes })
const write = (...records: RequestRecord[]) =>
  repository.insert(records.map((one) => toRequestLogRow(one).row))
const read = (after?: string | null, query: Record<string, string> = {}) =>
  service.list(
    caller,
    RequestLogListQuery.parse({ order: 'asc', ...(after ? { after } : {}), ...query }),
  )
const start = async () => (await read()).next_cursor

/** Writes a call in a transaction that the test ends when it likes. */
async function writeSlowly(one: RequestRecord): Promise<() => Promise<void>> {
  const client = await testDatabase.pool.connect()
  const { row } = toRequestLogRow(one)
  const values = ROW_COLUMNS.map((column) => row[column])
  const places = ROW_COLUMNS.map((_, index) => `$${index + 1}`).join(', ')
  await client.query('begin')
  await client.query(
    `insert into request_logs (${ROW_COLUMNS.join(', ')}) values (${places})`,
    values,
  )
  return async () => {
    await client.query('commit')
    client.release()
  }
}

describe('following the log', () => {
  test('begins now, and goes on from the place of the answer before', async () => {
    await write(record())
    const first = await read()
    expect(first).toMatchObject({ data: [], has_more: false })
    const [one, two] = [record(), record()]
    await write(one)
    const second = await read(first.next_cursor)
    expect(second.data.map(({ id }) => id)).toEqual([one.id])
    expect((await read(second.next_cursor)).data).toEqual([])
    await write(two)
    expect((await read(second.next_cursor)).data.map(({ id }) => id)).toEqual([two.id])
  })

  test('never skips a call that is committed after a later one', async () => {
    let place = await start()
    const seen: string[] = []
    const look = async () => {
      const page = await read(place)
      seen.push(...page.data.map(({ id }) => id))
      place = page.next_cursor
    }
    const slow = record()
    const commit = await writeSlowly(slow)
    const quick = record()
    await write(quick)
    await look()
    // The quick one waits for the slow one: otherwise the place would be beyond what is still to come.
    expect(seen).toEqual([])
    await commit()
    await look()
    expect(seen.sort()).toEqual([slow.id, quick.id].sort())
    await look()
    expect(seen).toHaveLength(2)
  })

  test('shows a call that began before others and was answered after them', async () => {
    const place = await start()
    const long = record({ id: newId('req', Date.now() - 30_000) })
    const short = record()
    await write(short)
    const { next_cursor } = await read(place)
    await write(long)
    expect((await read(next_cursor)).data.map(({ id }) => id)).toEqual([long.id])
  })

  test('pages through what is more than one answer, also inside one transaction', async () => {
    const place = await start()
    const records = Array.from({ length: 5 }, () => record())
    await write(...records)
    const seen: string[] = []
    let page = await read(place, { limit: '2' })
    for (; page.data.length > 0; page = await read(page.next_cursor, { limit: '2' })) {
      seen.push(...page.data.map(({ id }) => id))
    }
    expect(seen).toEqual(records.map(({ id }) => id).sort())
  })

  test('answers the cursor as it answers after, so that an SDK can page', async () => {
    const place = await start()
    await write(record())
    const page = await read(null, { cursor: place ?? '' })
    expect(page.data).toHaveLength(1)
  })

  test('leaves out the reading of the log itself, and what the filters leave out', async () => {
    const place = await start()
    const refused = record({ status: 422, response_body: '{"code":"x"}' })
    await write(
      record({ method: 'GET', route: '/v1/request_logs', target: '/v1/request_logs' }),
      record(),
      refused,
    )
    expect((await read(place)).data).toHaveLength(2)
    const errors = await read(place, { status_class: '4xx' })
    expect(errors.data.map(({ id }) => id)).toEqual([refused.id])
  })

  test('waits for a call, and not longer than it was asked to', async () => {
    const place = await start()
    const one = record()
    const waiting = read(place, { wait_seconds: '5' })
    await write(one)
    expect((await waiting).data.map(({ id }) => id)).toEqual([one.id])
    const startedAt = performance.now()
    const idle = await read((await waiting).next_cursor, { wait_seconds: '1' })
    expect(idle.data).toEqual([])
    expect(performance.now() - startedAt).toBeLessThan(1_500)
  })

  test('holds no connection while it waits', async () => {
    const place = await start()
    const waiting = Array.from({ length: 40 }, () => read(place, { wait_seconds: '2' }))
    // The pool has ten.
    const startedAt = performance.now()
    for (let index = 0; index < 20; index += 1) await testDatabase.database.query('select 1')
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    await write(record())
    for (const page of await Promise.all(waiting)) expect(page.data).toHaveLength(1)
  })

  test('begins anew with a place of another database', async () => {
    const beyond = positionText({ written_in: 2n ** 60n, id: null, at_ms: Date.now() })
    const page = await read(beyond)
    expect(page.data).toEqual([])
    await write(record())
    expect((await read(page.next_cursor)).data).toHaveLength(1)
  })

  test('answers at once when the process is about to stop', async () => {
    const place = await start()
    const stopping = new RequestLogTailService(new RequestLogTailRepository(testDatabase.database))
    stopping.onModuleDestroy()
    const filter = { limit: 20, cursor: null, created_at_gte: null, created_at_lt: null }
    const nothing = {
      ...{ status: null, status_class: null, method: null, route: null, path_prefix: null },
      ...{ path_contains: null, credential: null, caller_address: null, duration_us_gte: null },
      ...{ duration_us_lt: null, error_code: null, key_id: null, idempotency_key: null },
      object_id: null,
      operator_id: null,
    }
    const startedAt = performance.now()
    const from = readPosition(place ?? '')
    await stopping.read(caller, from, { ...filter, ...nothing }, 20_000)
    expect(performance.now() - startedAt).toBeLessThan(400)
  })

  test.each([
    [{ order: 'asc', after: 'req_01jd0000000000000000000000' }, '/after'],
    [{ order: 'asc', cursor: 'req_01jd0000000000000000000000' }, '/cursor'],
    [{ after: 'abc-def' }, '/after'],
    [{ wait_seconds: '3' }, '/wait_seconds'],
    [{ cursor: 'abc-def' }, '/cursor'],
    [{ order: 'asc', refused_signatures: 'true' }, '/refused_signatures'],
  ])('refuses %p', async (query, pointer) => {
    await expect(service.list(caller, RequestLogListQuery.parse(query))).rejects.toMatchObject({
      code: 'field_value_invalid',
      options: { errors: [{ pointer }] },
    })
  })
})

test('a place reads as it was written', () => {
  const id = newId('req')
  const place = { written_in: 2n ** 63n - 1n, id, at_ms: Number.parseInt('0', 10) }
  const text = positionText(place)
  expect(text.length).toBeLessThanOrEqual(40)
  expect(readPosition(text)).toMatchObject({ written_in: place.written_in, id })
  const now = { written_in: 7n, id: null, at_ms: Date.now() }
  expect(readPosition(positionText(now))).toEqual(now)
  expect(readPosition('zzzzzzzzzzzzz-1')).toBeNull()
})

test('a row keeps the copy format of its timing', () => {
  const { row } = toRequestLogRow(record())
  expect(JSON.parse(row.timing ?? '')).toEqual({
    read: 100,
    authenticate: 300,
    admit: 100,
    handle: 700,
    send: 34,
  })
  expect(copyLine([row.timing])).toContain('"handle":700')
})
