import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { SimulatePayment } from '@openbursar/sdk'
import { ledgerOf, problemsOfBooks } from '../support/books.js'
import { expectProblem } from '../support/endpoint-contract.js'
import { newPaidPayment, newPendingPayment, paymentIn } from '../support/fixtures.js'
import { createApp, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { pause, until } from '../support/until.js'
import { openReceiver } from '../support/webhook-receiver.js'

let app: TestApp
beforeAll(async () => {
  app = await createApp()
}, 60_000)
const receiver = openReceiver(() => app)
afterAll(async () => {
  expect(await problemsOfBooks()).toEqual([])
}, 60_000)

const PAID = ['payment.created', 'payment.pending', 'payment.succeeded']
const play = (id: string, params: SimulatePayment) =>
  app.bursar.testHelpers.payments.simulate(id, params)

describe('a payment that is paid', () => {
  test('is booked once and told of once', async () => {
    const payment = await newPaidPayment(app, { amount: 12_800 })
    expect(payment).toMatchObject({
      status: 'succeeded',
      amount: 12_800,
      channel: 'wechatpay',
      next_action: null,
      failure: null,
    })
    expect(await ledgerOf(payment.id)).toEqual({
      kinds: ['payment'],
      balances: { channel_clearing: 12_800, department_payable: -12_800 },
    })
    expect(await receiver.typesOf(payment.id, 3)).toEqual(PAID)
  })

  test('is booked once when the channel notifies twice', async () => {
    const { id } = await newPendingPayment(app)
    await play(id, { action: 'pay', notify: 'duplicate' })
    await paymentIn(app, id, 'succeeded')
    await pause(1_000)
    expect((await ledgerOf(id)).balances).toEqual({
      channel_clearing: 12_800,
      department_payable: -12_800,
    })
    expect(await receiver.typesOf(id, 3)).toEqual(PAID)
  })

  test('is found by asking when the notification is lost', async () => {
    const { id } = await newPendingPayment(app)
    const played = await play(id, { action: 'pay', notify: 'lost' })
    expect(played.status).toBe('pending')
    await paymentIn(app, id, 'succeeded')
    expect((await ledgerOf(id)).kinds).toEqual(['payment'])
    expect(await receiver.typesOf(id, 3)).toEqual(PAID)
  })

  test('is found by asking when the notification is late, which then changes nothing', async () => {
    const { id } = await newPendingPayment(app)
    await play(id, { action: 'pay', notify: 'late' })
    const paid = await paymentIn(app, id, 'succeeded')
    await pause(9_000)
    expect(await app.bursar.payments.get(id)).toEqual(paid)
    expect((await ledgerOf(id)).balances).toMatchObject({ channel_clearing: 12_800 })
    expect(await receiver.typesOf(id, 3)).toEqual(PAID)
  }, 40_000)

  test('can be neither closed nor paid a second time', async () => {
    const payment = await newPaidPayment(app)
    const closed = await app.send({ method: 'POST', path: `/v1/payments/${payment.id}/close` })
    expectProblem(closed, 409, 'payment_not_closable')
    await play(payment.id, { action: 'pay' })
    await pause(500)
    expect(await app.bursar.payments.get(payment.id)).toEqual(payment)
    expect((await ledgerOf(payment.id)).balances).toMatchObject({ channel_clearing: 12_800 })
  })
})

describe('a payment that is not paid', () => {
  test('fails when the payer refuses', async () => {
    const { id } = await newPendingPayment(app)
    await play(id, { action: 'refuse' })
    const failed = await paymentIn(app, id, 'failed')
    expect(failed).toMatchObject({
      failure: { code: 'pay_error', message: expect.any(String) },
      next_action: null,
    })
    const types = ['payment.created', 'payment.pending', 'payment.failed']
    expect(await receiver.typesOf(id, 3)).toEqual(types)
    expect((await ledgerOf(id)).kinds).toEqual([])
  })

  test('is closed after the payer walked away', async () => {
    const { id } = await newPendingPayment(app)
    expect((await play(id, { action: 'abandon' })).status).toBe('pending')
    expect((await app.bursar.payments.close(id)).status).toBe('closed')
    const types = ['payment.created', 'payment.pending', 'payment.closed']
    expect(await receiver.typesOf(id, 3)).toEqual(types)
  })

  test('becomes a success when it was paid just before it is closed', async () => {
    const { id } = await newPendingPayment(app)
    await play(id, { action: 'pay', notify: 'lost' })
    const answer = await app.send({ method: 'POST', path: `/v1/payments/${id}/close` })
    expectProblem(answer, 409, 'payment_not_closable')
    expect((await app.bursar.payments.get(id)).status).toBe('succeeded')
  })
})

describe('money that arrives after closing', () => {
  test('is held in suspense, told of, and goes back to the payer by itself', async () => {
    const { id } = await newPendingPayment(app)
    const closed = await app.bursar.payments.close(id)
    await play(id, { action: 'pay' })
    const [late] = await until(
      () => lateSuccessesOf(id),
      (rows) => rows.length > 0,
    )
    const types = ['payment.created', 'payment.pending', 'payment.closed', 'payment.late_success']
    expect(await receiver.typesOf(id, 4)).toEqual(types)
    expect(await app.bursar.payments.get(id)).toEqual(closed)

    await until(
      () => lateSuccessesOf(id),
      ([row]) => row?.status === 'refunded',
      20_000,
    )
    expect(await ledgerOf(id, late?.id ?? '')).toEqual({
      kinds: ['late_success', 'late_success_refund'],
      balances: { channel_clearing: 0, suspense: 0 },
    })
  }, 40_000)

  test('is held once when the channel notifies twice', async () => {
    const { id } = await newPendingPayment(app)
    await app.bursar.payments.close(id)
    await play(id, { action: 'pay', notify: 'duplicate' })
    await until(
      () => lateSuccessesOf(id),
      (rows) => rows.length > 0,
    )
    await pause(1_000)
    expect(await lateSuccessesOf(id)).toHaveLength(1)
    const told = await app.bursar.events
      .list({ type: 'payment.late_success' })
      .toArray({ limit: 100 })
    expect(told.filter(({ data }) => (data.object as { id: string }).id === id)).toHaveLength(1)
  })
})

const lateSuccessesOf = (paymentId: string) =>
  queryPlatform<{ id: string; status: string }>(
    'select id, status from late_successes where payment_id = $1',
    [paymentId],
  )
