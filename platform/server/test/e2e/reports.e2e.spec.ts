import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Bill, Payment, Refund } from '@openbursar/sdk'
import { describeForeign, describeRead, expectProblem } from '../support/endpoint-contract.js'
import {
  newBill,
  newNumber,
  newPaidPayment,
  newPendingPayment,
  payerBody,
  paymentBody,
  paymentIn,
} from '../support/fixtures.js'
import { createApp, type TestApp } from '../support/platform.js'
import { openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()
let bill: Bill
let payment: Payment
let refund: Refund

/** A bill that was collected and given back in part, with all that this leaves behind. */
beforeAll(async () => {
  const { own } = stage
  bill = await newBill(own)
  const checkout = await own.bursar.checkouts.create({ items: [{ bill: bill.id }] })
  const { id } = await own.bursar.payments.create({
    ...{ out_trade_no: newNumber(), checkout: checkout.id, channel: 'wechatpay' },
  })
  await own.bursar.testHelpers.payments.simulate(id, { action: 'pay' })
  payment = await paymentIn(own, id, 'succeeded')
  const asked = await own.bursar.refunds.create({
    ...{ payment: id, out_refund_no: newNumber(), amount: 100, reason: '多收' },
  })
  refund = await until(
    () => own.bursar.refunds.get(asked.id),
    ({ status }) => status === 'succeeded',
  )
}, 60_000)

const found = async (app: TestApp, q: string) => (await app.bursar.search.list({ q })).data

describe('GET /v1/search', () => {
  describeRead(stage, { path: () => '/v1/search?q=pay_01jd' })

  test.each<[string, () => string, string, string]>([
    ['a payment by its id', () => payment.id, 'payment', 'id'],
    ['a payment by the beginning of its id', () => payment.id.slice(0, 24), 'payment', 'id'],
    ['a payment by its number', () => payment.out_trade_no, 'payment', 'out_trade_no'],
    ['by how a number begins', () => payment.out_trade_no.slice(0, 12), 'payment', 'out_trade_no'],
    ['a refund by its number', () => refund.out_refund_no, 'refund', 'out_refund_no'],
    ['a bill by its number', () => bill.out_bill_no, 'bill', 'out_bill_no'],
    ['a fee item by its id', () => bill.fee_item, 'fee_item', 'id'],
    ['a payer by its id', () => bill.payer, 'payer', 'id'],
    ['a key by its id', () => stage.own.key_id, 'key', 'id'],
  ])('finds %s', async (_, q, type, matched) => {
    const [first] = await found(stage.own, q())
    expect(first).toMatchObject({ object: 'search_result', type, matched })
  })

  test('finds a payment by what the channel calls it', async () => {
    const { entries } = await stage.own.bursar.payments.history(payment.id)
    const attempt = entries.find((entry) => entry.type === 'payment_attempt')
    if (attempt?.type !== 'payment_attempt') throw new Error('a paid payment has an attempt')
    for (const q of [attempt.id, attempt.channel_order_no, attempt.channel_transaction_no ?? '']) {
      const [first] = await found(stage.own, q)
      expect(first).toMatchObject({ type: 'payment_attempt', parent_id: payment.id })
      expect(await found(stage.neighbour, q)).toEqual([])
    }
  })

  test('finds a payer by the number, in full only and masked, and keeps the number out of the log', async () => {
    const body = payerBody()
    const payer = await stage.own.bursar.payers.create(body)
    const answer = await stage.own.send({ path: `/v1/search?q=${body.number}` })
    expect(answer.json.data).toMatchObject([{ type: 'payer', id: payer.id, matched: 'number' }])
    expect(answer.text).not.toContain('张三丰')
    expect(answer.text).not.toContain(body.number)
    expect(await found(stage.own, body.number.slice(0, -1))).toEqual([])
    const id = answer.headers.get('x-request-id') ?? ''
    const log = await until(
      () => stage.own.send({ path: `/v1/request_logs/${id}` }),
      ({ status }) => status === 200,
    )
    expect(log.text).not.toContain(body.number)
  })

  test('finds events, calls and endpoints', async () => {
    const call = await stage.own.send({ path: '/v1/payments', body: paymentBody() })
    const requestId = call.headers.get('x-request-id') ?? ''
    const [one] = await until(
      () => found(stage.own, requestId),
      (results) => results.length > 0,
    )
    expect(one).toMatchObject({ type: 'request_log', status: '201', parent_id: call.json.id })
    const { data } = await stage.own.bursar.events.list({ limit: 1 })
    expect(await found(stage.own, data[0]?.id ?? '')).toMatchObject([{ type: 'event' }])
  })

  test('shows nothing to strangers, and nothing that a key may not read', async () => {
    for (const q of [payment.id, payment.out_trade_no, refund.out_refund_no, bill.out_bill_no]) {
      expect(await found(stage.neighbour, q)).toEqual([])
      expect(await found(stage.outsider, q)).toEqual([])
    }
    const narrow = await createApp({ scopes: ['reports:read', 'refunds:read'] })
    expect(await found(narrow, payment.id)).toEqual([])
  })

  test.each([
    ['limit=5', '/q'],
    ['q=ab', '/q'],
    ['q=%00abc', '/q'],
    [`q=${'x'.repeat(129)}`, '/q'],
    ['q=abc&limit=0', '/limit'],
  ])('refuses ?%s', async (query, pointer) => {
    const answer = await stage.own.send({ path: `/v1/search?${query}` })
    expect([answer.status, answer.json.errors[0].pointer]).toEqual([400, pointer])
  })

  test.each(["' or 1=1 --", '%_%', '\\\\\\', '🧾🧾🧾', 'pay_01jd0000%'])(
    'takes %j for a text',
    async (q) => expect(await found(stage.own, q)).toEqual([]),
  )
})

describe('a history', () => {
  const ids = {
    payments: () => payment.id,
    refunds: () => refund.id,
    bills: () => bill.id,
    checkouts: () => payment.checkout ?? '',
  }
  describe.each(Object.entries(ids))('GET /v1/%s/{id}/history', (kind, id) => {
    const path = (one: string) => `/v1/${kind}/${one}/history`
    describeRead(stage, { path: () => path(id()) })
    describeForeign(stage, { method: 'GET', path, id, code: `${kind.slice(0, -1)}_not_found` })
  })

  test('of a payment has every book in one order', async () => {
    const history = await until(
      () => stage.own.bursar.payments.history(payment.id),
      ({ entries }) => entries.some(({ type }) => type === 'request'),
    )
    expect(history).toMatchObject({ object: 'history', of: payment.id, left_out: [] })
    const types = history.entries.map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(['request', 'payment_attempt', 'event', 'refund']))
    const told = history.entries.flatMap((entry) => (entry.type === 'event' ? [entry] : []))
    expect(told.map(({ event_type }) => event_type)).toEqual(
      expect.arrayContaining(['payment.created', 'payment.succeeded', 'refund.succeeded']),
    )
    const booked = history.entries.flatMap((entry) =>
      entry.type === 'ledger_transaction' ? [entry] : [],
    )
    expect(booked.map(({ kind }) => kind)).toEqual(['payment', 'refund'])
    for (const { entries } of booked) {
      const side = (direction: string) =>
        entries
          .filter((one) => one.direction === direction)
          .reduce((sum, { amount }) => sum + amount, 0)
      expect(side('debit')).toBe(side('credit'))
    }
    const times = history.entries.map(({ at }) => Date.parse(at))
    expect(times).toEqual(times.toSorted((left, right) => left - right))
  })

  test('of a bill and of its checkout has the payment that collected it', async () => {
    const histories = await Promise.all([
      stage.own.bursar.bills.history(bill.id),
      stage.own.bursar.checkouts.history(payment.checkout ?? ''),
    ])
    for (const { entries } of histories) {
      const attempt = entries.find(({ type }) => type === 'payment_attempt')
      expect(attempt).toMatchObject({ payment: payment.id, status: 'succeeded' })
    }
  })

  test('says which parts the scopes do not cover', async () => {
    const narrow = await createApp({ scopes: ['payments:read', 'payments:write'] })
    const { id } = await newPendingPayment(narrow)
    const { entries, left_out } = await narrow.bursar.payments.history(id)
    expect(left_out).toEqual(['refunds', 'ledger_transactions', 'webhook_deliveries', 'requests'])
    expect(new Set(entries.map(({ type }) => type))).toEqual(new Set(['payment_attempt', 'event']))
  })
})

describe('GET /v1/reports/overview', () => {
  describeRead(stage, { path: () => '/v1/reports/overview' })

  test('counts what was made, what came and what went back', async () => {
    const app = await createApp()
    await newPaidPayment(app, { amount: 1_000 })
    const second = await newPaidPayment(app, { amount: 500 })
    await app.bursar.payments.close((await newPendingPayment(app)).id)
    const back = { payment: second.id, out_refund_no: newNumber(), amount: 200 }
    const { id } = await app.bursar.refunds.create(back)
    await until(
      () => app.bursar.refunds.get(id),
      ({ status }) => status === 'succeeded',
    )
    await app.send({ path: '/v1/bills/bill_x' })
    const report = await until(
      () => app.bursar.reports.overview(),
      ({ api_errors }) => (api_errors?.length ?? 0) > 0,
    )
    expect(report).toMatchObject({ object: 'overview', interval: 'hour', livemode: false })
    expect(report.time_zone).toBe('Asia/Shanghai')
    expect(report.total).toMatchObject({
      payments_created: 3,
      payments_ended: 3,
      succeeded: [{ currency: 'CNY', count: 2, amount: 1_500 }],
      refunded: [{ currency: 'CNY', count: 1, amount: 200 }],
      success_rate: 0.6667,
      time_to_success: { count: 2 },
    })
    // Channels tell whole seconds.
    expect(report.total.time_to_success.median_ms).toBeGreaterThanOrEqual(0)
    expect(report.total.api?.calls).toBeGreaterThan(3)
    expect(report.total.api?.p95_ms).toBeGreaterThanOrEqual(report.total.api?.p50_ms ?? 1e9)
    expect(report.api_errors).toContainEqual({ code: 'bill_not_found', count: 1 })
    expect(report.channels).toMatchObject([
      { channel: 'wechatpay', created: 3, succeeded: 2, closed: 1, open: 0 },
    ])
    const sum = report.buckets.reduce((total, one) => total + one.payments_created, 0)
    expect(sum).toBe(3)
    expect(report.buckets.length).toBeGreaterThanOrEqual(24)
  }, 60_000)

  test('begins its days with those of the institution', async () => {
    const report = await stage.own.bursar.reports.overview({
      ...{ from: '2026-03-01T10:00:00Z', to: '2026-03-04T00:00:00Z', interval: 'day' },
    })
    expect(report.buckets.map(({ start }) => start)).toEqual([
      '2026-02-28T16:00:00.000Z',
      '2026-03-01T16:00:00.000Z',
      '2026-03-02T16:00:00.000Z',
      '2026-03-03T16:00:00.000Z',
    ])
    expect(report.from).toBe('2026-02-28T16:00:00.000Z')
    expect(report.total).toMatchObject({ payments_created: 0, success_rate: null, api: null })
  })

  test('leaves out what the scopes do not cover', async () => {
    const narrow = await createApp({ scopes: ['reports:read', 'payments:read'] })
    const report = await narrow.bursar.reports.overview()
    expect(report).toMatchObject({ api_errors: null, webhooks: null, total: { api: null } })
  })

  test.each([
    ['from=2026-01-01T00:00:00Z&to=2026-01-09T00:00:00Z&interval=hour', '/from'],
    ['from=2026-01-01T00:00:00Z&to=2026-06-01T00:00:00Z', '/from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/to'],
    ['interval=week', '/interval'],
    ['from=yesterday', '/from'],
  ])('refuses ?%s', async (query, pointer) => {
    const answer = await stage.own.send({ path: `/v1/reports/overview?${query}` })
    expect([answer.status, answer.json.errors[0].pointer]).toEqual([400, pointer])
    expectProblem(answer, 400, answer.json.code)
  })
})
