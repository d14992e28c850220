import { afterEach, describe, expect, test } from '@jest/globals'
import { newRecord, newUnknownRecord } from './request-log.fixture.js'
import type { RequestLogRow, RequestRecord } from './request-log.types.js'
import { RequestLogWriter } from './request-log.writer.js'

const failure = (code: string) => Object.assign(new Error(`refused with ${code}`), { code })
const writers: RequestLogWriter[] = []
afterEach(async () => {
  await Promise.all(writers.splice(0).map((writer) => writer.close()))
})

function makeWriter() {
  const batches: RequestLogRow[][] = []
  const warnings: string[] = []
  let fail: (rows: readonly RequestLogRow[]) => Error | null = () => null
  let hold: Promise<void> = Promise.resolve()
  const writer = new RequestLogWriter({
    store: {
      async insert(rows) {
        await hold
        const error = fail(rows)
        if (error) throw error
        batches.push([...rows])
      },
    },
    seal: async (_, text) => Buffer.from(`sealed ${text.length}`),
    warn: (_, message) => warnings.push(message),
  })
  writers.push(writer)
  return {
    writer,
    warnings,
    sizes: () => batches.map((rows) => rows.length),
    ids: () => batches.flat().map(({ id }) => id),
    rows: () => batches.flat(),
    failWhen: (rule: typeof fail) => {
      fail = rule
    },
    holdUntil: (moment: Promise<void>) => {
      hold = moment
    },
  }
}

const addAll = (writer: RequestLogWriter, records: readonly RequestRecord[]) => {
  for (const record of records) writer.add(record)
}
const records = (count: number) => Array.from({ length: count }, () => newRecord())

describe('RequestLogWriter', () => {
  test('writes calls together, within half a second', async () => {
    const { writer, sizes } = makeWriter()
    addAll(writer, records(3))
    expect(sizes()).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(sizes()).toEqual([3])
  })

  test('writes at once when there are many, and the rest with the next', async () => {
    const { writer, sizes } = makeWriter()
    addAll(writer, records(2_250))
    await writer.flush()
    expect(sizes().reduce((sum, size) => sum + size)).toBe(2_250)
    expect(Math.max(...sizes())).toBe(1_000)
  })

  test('writes what is left when it is closed', async () => {
    const { writer, sizes } = makeWriter()
    addAll(writer, records(2))
    await writer.close()
    expect(sizes()).toEqual([2])
  })

  test('drops what does not fit while the database hangs, and warns once', async () => {
    const { writer, warnings, ids, holdUntil } = makeWriter()
    let release: () => void = () => {}
    holdUntil(new Promise((resolve) => (release = resolve)))
    const all = records(7_000)
    addAll(writer, all)
    // The batch that hangs has room of its own.
    expect(writer.dropped).toBe(7_000 - 5_000 - 1_000)
    expect(warnings).toEqual(['the request log is full'])
    release()
    await writer.flush()
    expect(ids()).toEqual(all.slice(0, 6_000).map(({ id }) => id))
    expect(warnings).toEqual(['the request log is full', 'the request log is being written again'])
  })

  test('drops large bodies before they fill the memory', () => {
    const { writer } = makeWriter()
    const body = Buffer.alloc(1024 * 1024)
    addAll(
      writer,
      Array.from({ length: 70 }, () => newRecord({ body, is_body_json: false })),
    )
    expect(writer.dropped).toBe(7)
  })

  test('tries again after the database was away', async () => {
    const { writer, ids, warnings, failWhen } = makeWriter()
    failWhen(() => failure('ECONNREFUSED'))
    const all = records(3)
    addAll(writer, all)
    await writer.flush()
    expect(ids()).toEqual([])
    failWhen(() => null)
    await writer.flush()
    expect(ids()).toEqual(all.map(({ id }) => id))
    expect(warnings).toHaveLength(2)
  })

  test('knows a row that an earlier try has written after all', async () => {
    const { writer, ids, failWhen } = makeWriter()
    const all = records(5)
    const written = new Set([all[1]?.id, all[2]?.id])
    failWhen((rows) => (rows.some(({ id }) => written.has(id)) ? failure('23505') : null))
    addAll(writer, all)
    await writer.flush()
    expect(ids().sort()).toEqual(
      all
        .map(({ id }) => id)
        .filter((id) => !written.has(id))
        .sort(),
    )
    expect(writer.dropped).toBe(0)
  })

  test('drops a row that the database refuses, and none of its neighbours', async () => {
    const { writer, ids, failWhen } = makeWriter()
    const all = records(9)
    failWhen((rows) => (rows.some(({ id }) => id === all[4]?.id) ? failure('22021') : null))
    addAll(writer, all)
    await writer.flush()
    expect(ids()).toHaveLength(8)
    expect(writer.dropped).toBe(1)
  })

  test('lets strangers write only so much', async () => {
    const { writer, rows } = makeWriter()
    addAll(
      writer,
      Array.from({ length: 2_000 }, () => newUnknownRecord()),
    )
    writer.add(newRecord())
    await writer.flush()
    // Two seconds' share, if a second ended meanwhile.
    expect(rows().length).toBeLessThanOrEqual(1_001)
    expect(rows().at(-1)?.app_id).not.toBe('unknown')
  })

  test('keeps under seal what may not be kept in the open', async () => {
    const { writer, rows } = makeWriter()
    const signature_base = Buffer.from('"authorization": Bearer x\n"@signature-params": ()')
    writer.add(
      newRecord({
        evidence: { algorithm: 'ed25519', signature: Buffer.alloc(64), signature_base },
      }),
    )
    await writer.flush()
    expect(rows()[0]?.sealed_base?.toString()).toBe(`sealed ${signature_base.length}`)
  })
})
