import { describe, expect, test } from '@jest/globals'
import type { CreateExport, Export } from '@openbursar/sdk'
import { parse } from 'csv-parse/sync'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newBill, payerBody, paymentBody } from '../support/fixtures.js'
import { createApp, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()
const ended = (app: TestApp, id: string): Promise<Export> =>
  until(
    () => app.bursar.exports.get(id),
    ({ status }) => status !== 'running',
    20_000,
  )
const exported = async (app: TestApp, body: CreateExport): Promise<Export> =>
  ended(app, (await app.bursar.exports.create(body)).id)
const bytesOf = async (app: TestApp, id: string): Promise<Buffer> =>
  Buffer.from(await (await app.bursar.exports.download(id)).arrayBuffer())
const rowsOf = async (app: TestApp, body: CreateExport): Promise<Record<string, string>[]> => {
  const { id } = await exported(app, { language: 'en', ...body })
  return parse(await bytesOf(app, id), { columns: true, bom: true })
}

describe('exports', () => {
  const contract = describeResource(stage, {
    collection: '/v1/exports',
    missing: 'export_not_found',
    id: async () => (await exported(stage.own, { kind: 'checkouts' })).id,
  })
  describe('GET /v1/exports/{id}/file', () => {
    contract.describeForeign('GET', 'file')
  })

  describe('POST /v1/exports', () => {
    describeWrite(stage, {
      path: async () => {
        await until(
          async () => stage.own.bursar.exports.list({ status: 'running' }),
          ({ data }) => data.length < 2,
          20_000,
        )
        return '/v1/exports'
      },
      body: () => ({ kind: 'checkouts' }),
      status: 201,
      invalid: {
        body: { kind: 'secrets' },
        code: 'field_value_invalid',
        pointer: '/kind',
      },
    })

    test('refuses a filter of another kind', async () => {
      const body = { kind: 'payers', filters: { status: 'open', kind: 'student' } }
      const answer = await stage.own.send({ path: '/v1/exports', body })
      expectProblem(answer, 400, 'export_filter_foreign')
      expect(answer.json.errors).toMatchObject([{ pointer: '/filters/status' }])
    })

    test('refuses what the scopes do not cover, also when the file is fetched', async () => {
      const narrow = await createApp({ scopes: ['reports:write', 'reports:read', 'bills:read'] })
      const refused = [{ kind: 'payments' }, { kind: 'bills', personal_data: 'full' }]
      for (const body of refused) {
        expectProblem(await narrow.send({ path: '/v1/exports', body }), 403, 'scope_missing')
      }
      expect(await exported(narrow, { kind: 'bills' })).toMatchObject({ status: 'ready', rows: 0 })
    })
  })
})

describe('a file', () => {
  test('opens in a spreadsheet: byte order mark, header, yuan and fen, local time', async () => {
    const app = await createApp()
    const body = paymentBody({ amount: 1_234, subject: '学费，"补交"' })
    const payment = await app.bursar.payments.create(body)
    const made = await exported(app, { kind: 'payments' })
    expect(made).toMatchObject({ status: 'ready', rows: 1, language: 'zh', failure: null })
    const bytes = await bytesOf(app, made.id)
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    expect(bytes.length).toBe(made.bytes)
    const [header = [], row = []]: string[][] = parse(bytes, { bom: true })
    expect(header.slice(0, 7)).toEqual([
      ...['支付单编号', '商户订单号', '事由', '状态', '币种', '金额（元）', '金额（分）'],
    ])
    expect(row.slice(0, 7)).toEqual([
      ...[payment.id, body.out_trade_no, '学费，"补交"', 'created', 'CNY', '12.34', '1234'],
    ])
    const created = row[header.indexOf('创建时间')]
    expect(created).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    const local = new Date(Date.parse(payment.created_at) + 8 * 3_600_000).toISOString()
    expect(created).toBe(local.slice(0, 19).replace('T', ' '))
  })

  test('comes as a download', async () => {
    const { id } = await exported(stage.own, { kind: 'checkouts' })
    const response = await stage.own.bursar.exports.download(id)
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="checkouts-${id}.csv"`,
    )
    await response.arrayBuffer()
  })

  test('holds no formula of a stranger', async () => {
    const app = await createApp()
    const subject = '=HYPERLINK("http://evil.example","退款")'
    await app.bursar.payments.create(paymentBody({ subject }))
    const [row] = await rowsOf(app, { kind: 'payments' })
    expect(row?.Subject).toBe(`'${subject}`)
  })

  test('has the payers of bills masked, and in full for who may and asks', async () => {
    const app = await createApp()
    const person = payerBody()
    const payer = await app.bursar.payers.create(person)
    const bill = await newBill(app, { payer: payer.id, amount: 500 })
    const [masked] = await rowsOf(app, { kind: 'bills' })
    expect(masked).toMatchObject({
      Bill: bill.id,
      Payer: payer.id,
      'Payer number': `****${person.number.slice(-4).toUpperCase()}`,
      'Payer name': '张*丰',
      'Due (yuan)': '5.00',
    })
    const [full] = await rowsOf(app, { kind: 'bills', personal_data: 'full' })
    expect(full).toMatchObject({ 'Payer number': person.number, 'Payer name': person.name })
    const stored = await queryPlatform<{ content: string }>(
      `select encode(content, 'escape') as content from export_chunks
        where export_id in (select id from exports where app_id = $1)`,
      [app.app_id],
    )
    expect(stored).toHaveLength(2)
    for (const { content } of stored) expect(content).not.toContain(person.number)
  })

  test('holds what the filters ask for, and nothing of another app', async () => {
    const app = await createApp()
    const [open, closed] = [
      await app.bursar.payments.create(paymentBody()),
      await app.bursar.payments.create(paymentBody()),
    ]
    await app.bursar.payments.close(closed.id)
    const ids = async (filters: CreateExport['filters']) =>
      (await rowsOf(app, { kind: 'payments', filters: filters ?? {} })).map((row) => row.Payment)
    expect(await ids({})).toEqual([open.id, closed.id])
    expect(await ids({ status: 'closed' })).toEqual([closed.id])
    expect(await ids({ created_at_gte: closed.created_at, status: 'created' })).toEqual(
      closed.created_at === open.created_at ? [open.id] : [],
    )
    expect(await ids({ created_at_lt: '2020-01-01T00:00:00Z' })).toEqual([])
  })

  test.each<CreateExport['kind']>(['refunds', 'checkouts', 'payers', 'ledger_transactions'])(
    'is made of %s, too',
    async (kind) => {
      await stage.own.bursar.checkouts.create({ amount: 700, title: '捐赠' })
      const rows = await rowsOf(stage.own, { kind })
      const { status } = await exported(stage.own, { kind, language: 'zh' })
      expect(status).toBe('ready')
      if (kind === 'checkouts') expect(rows[0]).toMatchObject({ 'Amount (fen)': '700' })
      if (kind === 'payers') expect(rows.length).toBeGreaterThan(0)
    },
  )

  test('is gone after a day, and says so', async () => {
    const { id } = await exported(stage.own, { kind: 'checkouts' })
    await queryPlatform("update exports set status = 'expired' where id = $1", [id])
    const answer = await stage.own.send({ path: `/v1/exports/${id}/file` })
    expectProblem(answer, 410, 'export_expired')
  })

  test('that is being written is asked for again, and three of them are enough', async () => {
    const app = await createApp()
    const { id } = await exported(app, { kind: 'checkouts' })
    await queryPlatform(
      `insert into exports (institution_id, livemode, id, app_id, kind, filters, language,
         personal_data, requested_by, status, created_at, updated_at, expires_at)
       select institution_id, livemode, replace(id, right(id, 1), n::text), app_id, kind, filters,
              language, personal_data, requested_by, 'running', now(), now(), now() + interval '1 day'
         from exports, generate_series(1, 3) n where id = $1 on conflict do nothing`,
      [id],
    )
    const { data } = await app.bursar.exports.list({ status: 'running' })
    expect(data.length).toBeGreaterThan(1)
    const unready = await app.send({ path: `/v1/exports/${data[0]?.id}/file` })
    expectProblem(unready, 409, 'export_not_ready')
    if (data.length === 3) {
      const body = { kind: 'checkouts' }
      expectProblem(await app.send({ path: '/v1/exports', body }), 409, 'export_limit_reached')
    }
    await queryPlatform('delete from exports where app_id = $1 and status = $2', [
      ...[app.app_id, 'running'],
    ])
  })
})
