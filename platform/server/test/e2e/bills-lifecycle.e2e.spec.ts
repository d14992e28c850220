import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bill, Payment } from '@openbursar/sdk'
import { ledgerOf, problemsOfBooks } from '../support/books.js'
import { expectProblem } from '../support/endpoint-contract.js'
import { newBill, newFeeItem, newNumber, paymentIn } from '../support/fixtures.js'
import { createApp, type TestApp } from '../support/platform.js'
import { until } from '../support/until.js'

let app: TestApp
beforeAll(async () => {
  app = await createApp()
}, 60_000)
afterAll(async () => {
  expect(await problemsOfBooks()).toEqual([])
}, 60_000)

const billOf = (id: string) => app.bursar.bills.get(id)
const eventTypesOf = async (id: string): Promise<string[]> => {
  const events = await app.bursar.events.list({ limit: 100 }).toArray({ limit: 500 })
  return events
    .filter(({ data }) => (data.object as { id: string }).id === id)
    .map(({ type }) => type)
    .reverse()
}

interface Collected {
  readonly checkout: string
  readonly payment: Payment
}

/** A checkout of these bills whose order is placed: the payer is looking at the code. */
async function collect(items: { bill: string; amount?: number }[]): Promise<Collected> {
  const { id: checkout } = await app.bursar.checkouts.create({ items })
  const payment = await app.bursar.payments.create({
    out_trade_no: newNumber(),
    checkout,
    channel: 'wechatpay',
  })
  expect(payment.status).toBe('pending')
  return { checkout, payment }
}

async function pay({ payment }: Collected): Promise<Payment> {
  await app.bursar.testHelpers.payments.simulate(payment.id, { action: 'pay' })
  return paymentIn(app, payment.id, 'succeeded')
}

const partial = async (amount: number): Promise<Bill> => {
  const rules = { partial_payment: { allowed: true, minimum: 100 } }
  return newBill(app, { amount, fee_item: (await newFeeItem(app, rules)).id })
}

test('bills that are paid together are paid, told of, and booked to their department', async () => {
  const bills = [await newBill(app, { amount: 300 }), await newBill(app, { amount: 400 })]
  const collected = await collect(bills.map(({ id }) => ({ bill: id })))
  expect(collected.payment.amount).toBe(700)
  await pay(collected)
  for (const { id, amount } of bills) {
    expect(await billOf(id)).toMatchObject({ status: 'paid', amount_paid: amount, amount_due: 0 })
    expect(await eventTypesOf(id)).toEqual(['bill.created', 'bill.paid'])
  }
  expect((await app.bursar.checkouts.get(collected.checkout)).status).toBe('completed')
  expect(await eventTypesOf(collected.checkout)).toEqual(['checkout.completed'])
  expect((await ledgerOf(collected.payment.id)).balances).toEqual({
    channel_clearing: 700,
    department_payable: -700,
  })
})

test('a bill that is paid in parts is partially paid until the last part', async () => {
  const { id } = await partial(300)
  await pay(await collect([{ bill: id, amount: 100 }]))
  expect(await billOf(id)).toMatchObject({
    status: 'partially_paid',
    amount_paid: 100,
    amount_due: 200,
  })
  await pay(await collect([{ bill: id }]))
  expect(await billOf(id)).toMatchObject({ status: 'paid', amount_paid: 300, amount_due: 0 })
  expect(await eventTypesOf(id)).toEqual(['bill.created', 'bill.partially_paid', 'bill.paid'])
})

test('a bill that is being paid can be neither voided nor collected a second time', async () => {
  const { id } = await newBill(app, { amount: 300 })
  const collected = await collect([{ bill: id }])
  const voided = await app.send({ method: 'POST', path: `/v1/bills/${id}/void` })
  expectProblem(voided, 409, 'bill_being_paid')
  const second = await app.bursar.checkouts.create({ items: [{ bill: id }] })
  const body = { out_trade_no: newNumber(), checkout: second.id, channel: 'wechatpay' }
  expectProblem(await app.send({ path: '/v1/payments', body }), 409, 'bill_overpaid')
  await app.bursar.payments.close(collected.payment.id)
  expect((await app.bursar.payments.create({ ...body, channel: 'wechatpay' })).status).toBe(
    'pending',
  )
})

test('a bill is free again when the payer refuses, and can then be voided', async () => {
  const { id } = await newBill(app, { amount: 300 })
  const { checkout, payment } = await collect([{ bill: id }])
  await app.bursar.testHelpers.payments.simulate(payment.id, { action: 'refuse' })
  await paymentIn(app, payment.id, 'failed')
  expect((await app.bursar.checkouts.get(checkout)).status).toBe('open')
  expect((await app.bursar.bills.void(id)).status).toBe('void')
})

test('a checkout takes one payment at a time, and none once it is paid', async () => {
  const { id } = await newBill(app, { amount: 300 })
  const collected = await collect([{ bill: id }])
  const body = { out_trade_no: newNumber(), checkout: collected.checkout }
  expectProblem(await app.send({ path: '/v1/payments', body }), 409, 'checkout_not_payable')
  await pay(collected)
  expectProblem(await app.send({ path: '/v1/payments', body }), 409, 'checkout_not_payable')
  const cancel = `/v1/checkouts/${collected.checkout}/cancel`
  expectProblem(await app.send({ method: 'POST', path: cancel }), 409, 'checkout_not_cancellable')
})

test('a paid bill can be neither voided nor extended', async () => {
  const { id } = await newBill(app, { amount: 300 })
  await pay(await collect([{ bill: id }]))
  const voided = await app.send({ method: 'POST', path: `/v1/bills/${id}/void` })
  expectProblem(voided, 409, 'bill_not_voidable')
  const expires_at = new Date(Date.now() + 86_400_000).toISOString()
  const extended = await app.send({ path: `/v1/bills/${id}`, body: { expires_at } })
  expectProblem(extended, 409, 'bill_not_extendable')
})

test('fifty payments of one bill at once collect it once', async () => {
  const { id } = await newBill(app, { amount: 300 })
  const checkouts = await Promise.all(
    Array.from({ length: 10 }, () => app.bursar.checkouts.create({ items: [{ bill: id }] })),
  )
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      app.send({
        path: '/v1/payments',
        body: { out_trade_no: newNumber(), checkout: checkouts[index % 10]?.id },
      }),
    ),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    expect([answer.status, answer.json.code]).toEqual([
      409,
      expect.stringMatching(/^(checkout_not_payable|bill_overpaid)$/),
    ])
  }
}, 60_000)

test('a refund of a bill makes it due again by so much', async () => {
  const { id } = await newBill(app, { amount: 300 })
  const collected = await collect([{ bill: id }])
  await pay(collected)
  await app.bursar.refunds.create({
    payment: collected.payment.id,
    out_refund_no: newNumber(),
    amount: 100,
  })
  const bill = await until(
    () => billOf(id),
    ({ amount_refunded }) => amount_refunded === 100,
  )
  expect(bill).toMatchObject({ amount_paid: 300, amount_due: 100 })
})
