import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Refund } from '@openbursar/sdk'
import { ledgerOf, problemsOfBooks } from '../support/books.js'
import { expectProblem } from '../support/endpoint-contract.js'
import { newNumber, newPaidPayment } from '../support/fixtures.js'
import { createApp, type TestApp } from '../support/platform.js'
import { until } from '../support/until.js'
import { openReceiver } from '../support/webhook-receiver.js'

let app: TestApp
beforeAll(async () => {
  app = await createApp()
}, 60_000)
const receiver = openReceiver(() => app)
afterAll(async () => {
  expect(await problemsOfBooks()).toEqual([])
}, 60_000)

const create = (payment: string, amount?: number) =>
  app.bursar.refunds.create({
    payment,
    out_refund_no: newNumber(),
    ...(amount === undefined ? {} : { amount }),
  })

const succeeded = (refund: Refund): Promise<Refund> =>
  until(
    () => app.bursar.refunds.get(refund.id),
    ({ status }) => status === 'succeeded',
  )

test('a full refund gives everything back, is booked and told of', async () => {
  const { id: payment } = await newPaidPayment(app, { amount: 500 })
  const refund = await create(payment)
  expect(refund).toMatchObject({ amount: 500, status: 'processing', succeeded_at: null })
  expect(await succeeded(refund)).toMatchObject({ succeeded_at: expect.any(String) })
  expect((await app.bursar.payments.get(payment)).amount_refunded).toBe(500)
  expect(await ledgerOf(payment, refund.id)).toEqual({
    kinds: ['payment', 'refund'],
    balances: { channel_clearing: 0, department_payable: 0 },
  })
  expect(await receiver.typesOf(refund.id, 2)).toEqual(['refund.created', 'refund.succeeded'])
})

test('several partial refunds add up, and the rest is what is left', async () => {
  const { id: payment } = await newPaidPayment(app, { amount: 500 })
  const refunds = [await create(payment, 100), await create(payment, 150), await create(payment)]
  expect(refunds.map(({ amount }) => amount)).toEqual([100, 150, 250])
  for (const refund of refunds) await succeeded(refund)
  expect((await app.bursar.payments.get(payment)).amount_refunded).toBe(500)
  const body = { payment, out_refund_no: newNumber(), amount: 1 }
  expectProblem(await app.send({ path: '/v1/refunds', body }), 409, 'refund_exceeds_payment')
})

test('refunds that are under way count: more than is left is refused at once', async () => {
  const { id: payment } = await newPaidPayment(app, { amount: 500 })
  await create(payment, 400)
  const body = { payment, out_refund_no: newNumber(), amount: 101 }
  expectProblem(await app.send({ path: '/v1/refunds', body }), 409, 'refund_exceeds_payment')
})

test('fifty refunds at once never give back more than was paid', async () => {
  const { id: payment } = await newPaidPayment(app, { amount: 1_000 })
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      app.send({ path: '/v1/refunds', body: { payment, out_refund_no: newNumber(), amount: 90 } }),
    ),
  )
  const accepted = answers.filter(({ status }) => status === 201)
  expect(accepted).toHaveLength(11)
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    expectProblem(answer, 409, 'refund_exceeds_payment')
  }
  const after = await until(
    () => app.bursar.payments.get(payment),
    ({ amount_refunded }) => amount_refunded === 990,
    25_000,
  )
  expect(after.status).toBe('succeeded')
}, 60_000)

test('fifty identical refunds at once are one refund', async () => {
  const { id: payment } = await newPaidPayment(app, { amount: 1_000 })
  const body = { payment, out_refund_no: newNumber(), amount: 90 }
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => app.send({ path: '/v1/refunds', body })),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(49)
  expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
}, 60_000)
