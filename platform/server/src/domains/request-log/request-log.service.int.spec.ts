import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTenant, createTestVault, type TestTenant } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import type { Vault } from '../../infra/crypto/vault.js'
import type { Caller } from '../../infra/http/caller.js'
import { ManualClock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { newRecord, newUnknownRecord } from './request-log.fixture.js'
import { RequestLogRepository } from './request-log.repository.js'
import { RequestLogListQuery } from './request-log.schema.js'
import { RequestLogService, sealContextOf } from './request-log.service.js'
import type { RequestRecord } from './request-log.types.js'
import { RequestLogPartitionJob } from './request-log-partition.job.js'
import { RequestLogPartitionRepository } from './request-log-partition.repository.js'
import { RequestLogRelatedRepository } from './request-log-related.repository.js'
import { toRequestLogRow } from './request-log-row.rules.js'
import { RequestLogTailRepository } from './request-log-tail.repository.js'
import { RequestLogTailService } from './request-log-tail.service.js'

const DAY_MS = 86_400_000
let testDatabase: TestDatabase
let vault: Vault
let tenant: TestTenant
let repository: RequestLogRepository
let service: RequestLogService
beforeAll(async () => {
  testDatabase = await createTestDatabase()
  vault = createTestVault(testDatabase.database)
  tenant = await createTenant(testDatabase.database, vault)
  repository = new RequestLogRepository(testDatabase.database)
  const { database } = testDatabase
  const related = new RequestLogRelatedRepository(database)
  const tail = new RequestLogTailService(new RequestLogTailRepository(database))
  service = new RequestLogService(repository, related, tail, vault)
})
afterAll(() => testDatabase.drop())

const insert = async (...records: RequestRecord[]) => {
  await repository.insert(records.map((record) => toRequestLogRow(record).row))
  return records
}
const by = (caller: Caller, changes: Partial<RequestRecord> = {}) =>
  newRecord({ author: caller, ...changes })
const list = (caller: Caller, query: Record<string, string> = {}) =>
  service.list(caller, RequestLogListQuery.parse(query))
const idsOf = async (caller: Caller, query: Record<string, string> = {}) =>
  (await list(caller, query)).data.map(({ id }) => id)

describe('RequestLogService', () => {
  test('gives a call back as it was, whatever its texts hold', async () => {
    const body = Buffer.from(JSON.stringify({ memo: 'a\tb\\N\n"费"\u2028', odd: '\u0000' }))
    const target = '/v1/payments?memo=a%09b'
    const [record] = await insert(by(tenant.caller, { body, target, idempotency_key: '\\.\\N' }))
    const found = await service.get(tenant.caller, record?.id ?? '')
    expect(found).toMatchObject({
      id: record?.id,
      key_id: tenant.caller.key_id,
      method: 'POST',
      route: '/v1/payments',
      query: 'memo=a%09b',
      idempotency_key: '\\.\\N',
      request: { body: { memo: 'a\tb\\N\n"费"\u2028', odd: '\u0000' } },
      signature: { algorithm: 'ed25519', is_base_redacted: false },
    })
    expect(found.signature?.base).toBe(record?.evidence?.signature_base.toString())
    expect(found.signature?.input).toMatch(/^\("@method" "@target-uri"\);created=1763800000;/)
  })

  test("shows nobody another app's, institution's or mode's calls, nor those of strangers", async () => {
    const [own, stranger] = await insert(by(tenant.caller), newUnknownRecord())
    const { otherAppCaller, otherInstitutionCaller, liveCaller } = tenant
    for (const caller of [otherAppCaller, otherInstitutionCaller, liveCaller]) {
      expect(await idsOf(caller)).toEqual([])
      await expect(service.get(caller, own?.id ?? '')).rejects.toMatchObject({
        code: 'request_log_not_found',
      })
    }
    await expect(service.get(tenant.caller, stranger?.id ?? '')).rejects.toThrow('No such call')
    await expect(service.get(tenant.caller, 'req_x')).rejects.toThrow('No such call')
    expect(await idsOf(tenant.caller)).not.toContain(stranger?.id)
  })

  test('lists newest first, page by page', async () => {
    const { caller } = await createTenant(testDatabase.database, vault)
    const records = await insert(...Array.from({ length: 5 }, () => by(caller)))
    const ids = records.map(({ id }) => id).reverse()
    const first = await list(caller, { limit: '2' })
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(first).toMatchObject({ has_more: true, next_cursor: ids[1] })
    expect(await idsOf(caller, { limit: '3', cursor: ids[1] ?? '' })).toEqual(ids.slice(2))
  })

  test('finds by what was asked, what was answered, and when', async () => {
    const { caller } = await createTenant(testDatabase.database, vault)
    const [pay, key] = [newId('pay'), newId('key')]
    const at = (offsetMs: number) => newId('req', Date.now() - offsetMs)
    const problem = '{"code":"bill_not_found"}'
    const [created, read, refused, old] = await insert(
      by(caller, { id: at(3), response_body: `{"id":"${pay}"}`, idempotency_key: 'k-find' }),
      by({ ...caller, key_id: key }, { id: at(2), method: 'GET', target: `/v1/payments/${pay}` }),
      by(caller, {
        id: at(1),
        target: '/v1/bills',
        route: '/v1/bills',
        status: 404,
        response_body: problem,
      }),
      by(caller, { id: at(2 * DAY_MS), status: 500, response_body: '' }),
    ).then((records) => records.map(({ id }) => id))
    const since = new Date(Date.now() - DAY_MS).toISOString()
    const cases: [Record<string, string>, (string | undefined)[]][] = [
      [{ status: '404' }, [refused]],
      [{ status_class: '5xx' }, [old]],
      [{ status_class: '2xx' }, [read, created]],
      [{ method: 'GET' }, [read]],
      [{ route: '/v1/bills' }, [refused]],
      [{ path_prefix: '/v1/payments/' }, [read]],
      [{ path_prefix: '/v1/pay%' }, []],
      [{ error_code: 'bill_not_found' }, [refused]],
      [{ key_id: key }, [read]],
      [{ idempotency_key: 'k-find' }, [created]],
      [{ object_id: pay }, [read, created]],
      [{ 'created_at[gte]': since, method: 'POST' }, [refused, created]],
      [{ 'created_at[lt]': since }, [old]],
      [{ 'created_at[lte]': since, 'created_at[lt]': '1960-01-01T00:00:00Z' }, []],
      [{ 'created_at[gte]': '1960-01-01T00:00:00Z', status: '500' }, [old]],
    ]
    for (const [query, expected] of cases)
      expect([query, await idsOf(caller, query)]).toEqual([query, expected])
  })

  test.each([
    [{ colour: 'red' }],
    [{ limit: '101' }],
    [{ status: '99' }],
    [{ status_class: '4' }],
    [{ path_prefix: 'a\u0000' }],
    [{ object_id: "pay_' or 1=1" }],
    [{ key_id: 'pay_01m82avfcbektvjs1askg8k09s' }],
  ])('refuses %j', (query) => {
    expect(RequestLogListQuery.safeParse(query).success).toBe(false)
  })

  test('opens what is under seal for an operator', async () => {
    const signature_base = Buffer.from('"authorization": Bearer x\n"@signature-params": ()')
    const evidence = { algorithm: 'ed25519', signature: Buffer.alloc(64, 1), signature_base }
    const { row, base_to_seal } = toRequestLogRow(by(tenant.caller, { evidence }))
    const sealed_base = await vault.seal(row.institution_id, sealContextOf(row), base_to_seal ?? '')
    await repository.insert([{ ...row, sealed_base }])
    expect(await service.get(tenant.caller, row.id)).toMatchObject({
      signature: {
        base: '"authorization": [redacted]\n"@signature-params": ()',
        is_base_redacted: true,
      },
    })
    expect(await service.evidence(row.id)).toMatchObject({
      signature_base: signature_base.toString(),
      signature: evidence.signature.toString('base64'),
    })
    await expect(service.evidence(newId('req'))).rejects.toThrow('No such call')
  })
})

describe('the partitions', () => {
  const now = new Date()
  const partitionOf = async (id: string) => {
    const { rows } = await testDatabase.pool.query(
      'select tableoid::regclass::text as name from request_logs where id = $1',
      [id],
    )
    return rows[0]?.name
  }
  const nameOf = (moment: Date) =>
    `request_logs_${moment.toISOString().slice(0, 10).replaceAll('-', '')}`
  const jobAt = (moment: Date) =>
    new RequestLogPartitionJob(
      new RequestLogPartitionRepository(testDatabase.database),
      new ManualClock(moment),
    )

  test('take over what came before them, and are made ahead, by many at once', async () => {
    const [early] = await insert(by(tenant.caller, { id: newId('req', now.getTime()) }))
    expect(await partitionOf(early?.id ?? '')).toBe('request_logs_default')
    await Promise.all([jobAt(now), jobAt(now), jobAt(now)].map((job) => job.run()))
    expect(await partitionOf(early?.id ?? '')).toBe(nameOf(now))
    for (const days of [1, 2, 3]) {
      const moment = new Date(now.getTime() + days * DAY_MS)
      const [record] = await insert(by(tenant.caller, { id: newId('req', moment.getTime()) }))
      expect(await partitionOf(record?.id ?? '')).toBe(nameOf(moment))
    }
    expect(await service.get(tenant.caller, early?.id ?? '')).toMatchObject({ id: early?.id })
  })

  test('begin and end at midnight, UTC', async () => {
    const midnightMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS + DAY_MS
    const [last, first] = await insert(
      by(tenant.caller, { id: newId('req', midnightMs - 1) }),
      by(tenant.caller, { id: newId('req', midnightMs) }),
    )
    expect(await partitionOf(last?.id ?? '')).toBe(nameOf(now))
    expect(await partitionOf(first?.id ?? '')).toBe(nameOf(new Date(midnightMs)))
  })

  test('are dropped after thirty days, and nothing before', async () => {
    const [record, stray] = await insert(
      by(tenant.caller, { id: newId('req', now.getTime()) }),
      by(tenant.caller, { id: newId('req', now.getTime() - 40 * DAY_MS) }),
    )
    const dayMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS
    await jobAt(new Date(dayMs + 31 * DAY_MS - 1)).run()
    expect(await partitionOf(record?.id ?? '')).toBe(nameOf(now))
    expect(await partitionOf(stray?.id ?? '')).toBeUndefined()
    await jobAt(new Date(dayMs + 31 * DAY_MS)).run()
    expect(await partitionOf(record?.id ?? '')).toBeUndefined()
    const { rows } = await testDatabase.pool.query('select to_regclass($1) as found', [nameOf(now)])
    expect(rows[0].found).toBeNull()
  })
})
