import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Bill, Payment, Refund } from '@openbursar/sdk'
import {
  newBill,
  newNumber,
  newPayer,
  payerBody,
  paymentBody,
  paymentIn,
} from '../support/fixtures.js'
import { createApp, type TestApp } from '../support/platform.js'

let app: TestApp
let bill: Bill
let billed: Payment
let bare: Payment
let refund: Refund

/** A payment of a bill, given back in part, and one of a bare amount. */
beforeAll(async () => {
  app = await createApp()
  bill = await newBill(app, { amount: 3_000 })
  const checkout = await app.bursar.checkouts.create({
    items: [{ bill: bill.id }],
    title: '秋季学费',
  })
  const { id } = await app.bursar.payments.create({
    ...{ out_trade_no: newNumber(), checkout: checkout.id, channel: 'wechatpay' },
  })
  await app.bursar.testHelpers.payments.simulate(id, { action: 'pay' })
  billed = await paymentIn(app, id, 'succeeded')
  refund = await app.bursar.refunds.create({
    ...{ payment: id, out_refund_no: newNumber(), amount: 200, reason: '多收 10%_off' },
  })
  bare = await app.bursar.payments.create(paymentBody({ amount: 500, subject: '报名费 50% Off' }))
}, 60_000)

describe('GET /v1/payments', () => {
  const ids = async (query: Parameters<TestApp['bursar']['payments']['list']>[0]) =>
    (await app.bursar.payments.list(query)).data.map(({ id }) => id)

  test('narrows by channel, amount, text and payer', async () => {
    expect(await ids({ channel: 'wechatpay' })).toEqual([billed.id])
    expect(await ids({ 'amount[gte]': 500, 'amount[lte]': 500 })).toEqual([bare.id])
    expect(await ids({ 'amount[gte]': 501 })).toEqual([billed.id])
    expect(await ids({ text: 'off' })).toEqual([bare.id])
    expect(await ids({ text: bare.out_trade_no.slice(0, 8) })).toEqual([bare.id])
    expect(await ids({ payer: bill.payer })).toEqual([billed.id])
    expect(await ids({ payer: (await newPayer(app)).id })).toEqual([])
    expect(await ids({ payer: bill.payer, channel: 'alipay' })).toEqual([])
  })

  test('takes a text as it is, also one that databases take for a pattern', async () => {
    expect(await ids({ text: '50%' })).toEqual([bare.id])
    expect(await ids({ text: '%' })).toEqual([bare.id])
    for (const text of ['_', '\\', '5_%']) expect(await ids({ text })).toEqual([])
  })

  test('pages through what is narrowed', async () => {
    const first = await app.bursar.payments.list({ 'amount[gte]': 1, limit: 1 })
    expect([first.data[0]?.id, first.has_more]).toEqual([bare.id, true])
    expect((await first.nextPage())?.data.map(({ id }) => id)).toEqual([billed.id])
  })

  test.each([
    ['amount[gte]=-1', '/amount[gte]'],
    ['amount[lte]=9007199254740992', '/amount[lte]'],
    ['channel=barter', '/channel'],
    ['payer=bill_x', '/payer'],
    ['text=', '/text'],
  ])('refuses ?%s', async (query, pointer) => {
    const answer = await app.send({ path: `/v1/payments?${query}` })
    expect([answer.status, answer.json.errors[0].pointer]).toEqual([400, pointer])
  })
})

test('GET /v1/refunds narrows by channel, amount, text and payer', async () => {
  const ids = async (query: Parameters<TestApp['bursar']['refunds']['list']>[0]) =>
    (await app.bursar.refunds.list(query)).data.map(({ id }) => id)
  expect(await ids({ channel: 'wechatpay', payer: bill.payer, 'amount[lte]': 200 })).toEqual([
    refund.id,
  ])
  expect(await ids({ text: '10%_OFF' })).toEqual([refund.id])
  expect(await ids({ channel: 'alipay' })).toEqual([])
  expect(await ids({ payer: (await newPayer(app)).id })).toEqual([])
  expect(await ids({ 'amount[gte]': 201 })).toEqual([])
})

test('GET /v1/bills and /v1/checkouts narrow by amount and text', async () => {
  const bills = await app.bursar.bills.list({ text: bill.out_bill_no, 'amount[gte]': 3_000 })
  expect(bills.data.map(({ id }) => id)).toEqual([bill.id])
  expect((await app.bursar.bills.list({ text: '学' })).data).toHaveLength(1)
  expect((await app.bursar.bills.list({ 'amount[gte]': 3_001 })).data).toEqual([])
  expect((await app.bursar.checkouts.list({ text: '秋季' })).data).toHaveLength(1)
  expect((await app.bursar.checkouts.list({ 'amount[lte]': 1 })).data).toEqual([])
})

test('GET /v1/payers finds a number, in full only', async () => {
  const body = payerBody()
  const { id } = await app.bursar.payers.create(body)
  const ids = async (query: Parameters<TestApp['bursar']['payers']['list']>[0]) =>
    (await app.bursar.payers.list(query)).data.map((payer) => payer.id)
  expect(await ids({ number: body.number })).toEqual([id])
  expect(await ids({ number: body.number.toUpperCase(), number_type: 'student_no' })).toEqual([id])
  expect(await ids({ number: body.number, number_type: 'employee_no' })).toEqual([])
  expect(await ids({ number: body.number.slice(0, -1) })).toEqual([])
})
