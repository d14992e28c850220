import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import {
  createTenant,
  createTestVault,
  type TestTenant,
  withNewKey,
} from '../../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import type { Vault } from '../../../infra/crypto/vault.js'
import type { Caller } from '../../../infra/http/caller.js'
import { ManualClock } from '../../../kernel/clock.js'
import { newId } from '../../../kernel/id.js'
import type { IdentityService } from '../../identity/identity.service.js'
import type { PayerService } from '../../payers/payer.service.js'
import { ExportRepository } from './export.repository.js'
import { CreateExport } from './export.schema.js'
import { ExportService } from './export.service.js'
import type { ExportRow } from './export.types.js'
import { ExportCleanJob } from './export-clean.job.js'
import { ExportWriteRepository } from './export-write.repository.js'
import { ExportWriteService } from './export-write.service.js'

let testDatabase: TestDatabase
let vault: Vault
let tenant: TestTenant
let exports: ExportRepository
let pages: ExportWriteRepository
let writer: ExportWriteService
let service: ExportService
const clock = new ManualClock(new Date())
const identity: Pick<IdentityService, 'timeZoneOf'> = { timeZoneOf: async () => 'Asia/Shanghai' }
const nobody: Pick<PayerService, 'detailsOf'> = { detailsOf: async () => new Map() }

/** What of its needs a test never calls is not there. */
function writerOf(repository: ExportWriteRepository): ExportWriteService {
  // biome-ignore lint/suspicious/noExplicitAny: only two methods of each are ever called.
  return new ExportWriteService(exports, repository, nobody as any, identity as any, vault)
}

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  const { database } = testDatabase
  vault = createTestVault(database)
  tenant = await createTenant(database, vault)
  exports = new ExportRepository(database)
  pages = new ExportWriteRepository(database)
  writer = writerOf(pages)
  service = new ExportService(database, exports, writer, clock)
})
afterAll(() => testDatabase.drop())

/** So many payments, one after the other. */
async function payments(caller: Caller, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => newId('pay'))
  await testDatabase.database.query(
    `insert into payments (institution_id, livemode, id, app_id, department_id, out_trade_no,
       subject, currency, amount, status, expires_at, created_at, updated_at)
     select $1, $2, id, $3, $4, id, '学费', 'CNY', 100, 'closed', now(), now(), now()
       from unnest($5::text[]) as id`,
    [caller.institution_id, caller.livemode, caller.app_id, caller.department_id, ids],
  )
}

async function started(caller: Caller, kind = 'payments'): Promise<ExportRow> {
  const asking = { ...withNewKey(caller), scopes: new Set(['payments:read']) }
  const { body } = await service.create(asking, CreateExport.parse({ kind }))
  return found(caller, body.id)
}

async function found(caller: Caller, id: string): Promise<ExportRow> {
  const row = await exports.find(caller, caller.app_id, id)
  if (!row) throw new Error('an export that was made is there')
  return row
}

async function textOf(row: ExportRow): Promise<string> {
  let text = ''
  for await (const piece of writer.read(row)) text += piece.toString()
  return text
}

describe('writing an export', () => {
  test('goes through all rows, page by page, in the order of their ids', async () => {
    const { caller } = await createTenant(testDatabase.database, vault)
    await payments(caller, 4_500)
    const { id } = await started(caller)
    await writer.write(caller, id)
    const row = await found(caller, id)
    expect(row).toMatchObject({ status: 'ready', rows_written: 4_500, chunk_count: 3 })
    const text = await textOf(row)
    expect(Buffer.byteLength(text)).toBe(Number(row.bytes))
    const lines: string[][] = parse(text, { bom: true, from_line: 2 })
    const ids = lines.map(([first]) => first)
    expect(ids).toHaveLength(4_500)
    expect(ids).toEqual(ids.toSorted())
  })

  test('is carried on by the next worker when one dies in the middle', async () => {
    const { caller } = await createTenant(testDatabase.database, vault)
    await payments(caller, 4_500)
    const { id } = await started(caller)
    class DyingRepository extends ExportWriteRepository {
      private written = 0
      override async append(...args: Parameters<ExportWriteRepository['append']>) {
        if (this.written === 1) throw new Error('the worker died')
        this.written += 1
        return super.append(...args)
      }
    }
    const dying = writerOf(new DyingRepository(testDatabase.database))
    await expect(dying.write(caller, id)).rejects.toThrow('died')
    expect(await found(caller, id)).toMatchObject({ status: 'running', rows_written: 2_000 })
    await writer.write(caller, id)
    const row = await found(caller, id)
    expect(row).toMatchObject({ status: 'ready', rows_written: 4_500 })
    const ids = parse(await textOf(row), { bom: true, from_line: 2 }).map(([first]) => first)
    expect(new Set(ids).size).toBe(4_500)
  })

  test('is done once when two workers take it at the same time', async () => {
    const { caller } = await createTenant(testDatabase.database, vault)
    await payments(caller, 4_500)
    const { id } = await started(caller)
    await Promise.all([writer.write(caller, id), writer.write(caller, id)])
    await writer.write(caller, id)
    expect(await found(caller, id)).toMatchObject({ status: 'ready', rows_written: 4_500 })
  })

  test('ends with words when there is too much, and leaves no bytes behind', async () => {
    const { caller } = await createTenant(testDatabase.database, vault)
    await payments(caller, 2_500)
    const { id } = await started(caller)
    await writer.write(caller, id, 2_100)
    const row = await found(caller, id)
    expect(row).toMatchObject({ status: 'failed', failure_code: 'export_too_large' })
    expect(row.failure_message).toMatch(/More than 2,100 rows fit/)
    expect(await pages.chunk(row, 0)).toBeNull()
    await expect(
      service.file({ ...caller, scopes: new Set(['payments:read']) }, id),
    ).rejects.toThrow('More than 2,100')
  })

  test('writes a header also when nothing fits', async () => {
    const { id } = await started(tenant.otherAppCaller)
    await writer.write(tenant.otherAppCaller, id)
    const row = await found(tenant.otherAppCaller, id)
    expect(row).toMatchObject({ status: 'ready', rows_written: 0, chunk_count: 1 })
    expect(await textOf(row)).toMatch(/^\uFEFF支付单编号,/)
  })

  test('cannot have its pieces changed or moved to another file', async () => {
    const { caller } = await createTenant(testDatabase.database, vault)
    const [first, second] = [await started(caller), await started(caller)]
    for (const { id } of [first, second]) await writer.write(caller, id)
    await expect(
      testDatabase.database.query("update export_chunks set content = '' where export_id = $1", [
        first.id,
      ]),
    ).rejects.toThrow('never changed')
    await testDatabase.database.query('delete from export_chunks where export_id = $1', [first.id])
    await testDatabase.database.query(
      `insert into export_chunks select institution_id, livemode, $1, position, content
         from export_chunks where export_id = $2`,
      [first.id, second.id],
    )
    await expect(textOf(await found(caller, first.id))).rejects.toThrow()
  })
})

describe('cleaning up', () => {
  test('takes the bytes after a day, and ends what nobody writes', async () => {
    const { caller } = await createTenant(testDatabase.database, vault)
    const [done, stalled] = [await started(caller), await started(caller)]
    await writer.write(caller, done.id)
    await testDatabase.database.query(
      "update exports set updated_at = now() - interval '2 hours' where id = $1",
      [stalled.id],
    )
    const job = new ExportCleanJob(pages, clock)
    await job.run()
    expect(await found(caller, done.id)).toMatchObject({ status: 'ready' })
    expect(await found(caller, stalled.id)).toMatchObject({ failure_code: 'export_stalled' })
    clock.advance(25 * 3_600_000)
    await job.run()
    const row = await found(caller, done.id)
    expect(row).toMatchObject({ status: 'expired' })
    expect(await pages.chunk(row, 0)).toBeNull()
  })
})
