import { describe, expect, test } from '@jest/globals'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newPaidPayment, newPendingPayment, paymentBody } from '../support/fixtures.js'
import { newKey } from '../support/raw-request.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const newPayment = () => stage.own.bursar.payments.create(paymentBody())
const id = async () => (await newPayment()).id
const payments = describeResource(stage, {
  collection: '/v1/payments',
  id,
  missing: 'payment_not_found',
})

describe('POST /v1/payments', () => {
  describe('without a channel', () => {
    describeWrite(stage, {
      path: () => '/v1/payments',
      body: paymentBody,
      status: 201,
      invalid: {
        body: paymentBody({ amount: 0 }),
        code: 'field_out_of_range',
        pointer: '/amount',
      },
    })

    test('creates a payment for the payer to choose a channel', async () => {
      const body = paymentBody({ metadata: { class: '3' } })
      expect(await stage.own.bursar.payments.create(body)).toMatchObject({
        ...body,
        object: 'payment',
        status: 'created',
        currency: 'CNY',
        channel: null,
        next_action: null,
        amount_refunded: 0,
        department: stage.own.department_id,
        cashier_url: expect.stringMatching(/^http/),
      })
    })
  })

  describe('with a channel', () => {
    describeWrite(stage, {
      path: () => '/v1/payments',
      body: () => paymentBody({ channel: 'wechatpay' }),
      status: 201,
      invalid: {
        body: { ...paymentBody(), channel: 'pigeon' },
        code: 'field_value_invalid',
        pointer: '/channel',
      },
    })

    test('places the order and gives the code for the payer to scan', async () => {
      expect(await newPendingPayment(stage.own)).toMatchObject({
        status: 'pending',
        channel: 'wechatpay',
        method: 'native',
        next_action: { type: 'show_qr', code_url: expect.stringMatching(/^weixin:\/\//) },
      })
    })
  })

  test('gives the payment back when the out_trade_no is known with the same parameters', async () => {
    for (const body of [paymentBody(), paymentBody({ channel: 'wechatpay' })]) {
      const first = await stage.own.send({ path: '/v1/payments', body })
      const second = await stage.own.send({ path: '/v1/payments', body })
      expect([first.status, second.status]).toEqual([201, 200])
      expect(second.json).toEqual(first.json)
    }
  })

  test('refuses a known out_trade_no with another amount, and remembers the refusal', async () => {
    const body = paymentBody()
    await stage.own.bursar.payments.create(body)
    const request = {
      path: '/v1/payments',
      body: { ...body, amount: 1 },
      idempotencyKey: newKey(),
    }
    const first = await stage.own.send(request)
    expectProblem(first, 409, 'payment_conflict')
    expect(first.json.outcome).toBe('failed')
    const second = await stage.own.send(request)
    expect(second.text).toBe(first.text)
    expect(second.headers.get('idempotent-replayed')).toBe('true')
  })

  test('lets another app use the same out_trade_no', async () => {
    const body = paymentBody()
    const mine = await stage.own.bursar.payments.create(body)
    const theirs = await stage.neighbour.bursar.payments.create(body)
    expect(theirs.id).not.toBe(mine.id)
  })

  test('refuses what is neither a direct amount nor a checkout', async () => {
    const { amount: _, ...withoutAmount } = paymentBody()
    const { subject: __, ...withoutSubject } = paymentBody()
    const checkout = (await stage.own.bursar.checkouts.create({ amount: 5, title: '捐赠' })).id
    const wrong = [
      [withoutAmount, 'payment_amount_missing', '/amount'],
      [withoutSubject, 'payment_amount_missing', '/subject'],
      [{ ...paymentBody(), checkout }, 'payment_source_ambiguous', '/amount'],
    ] as const
    for (const [body, code, pointer] of wrong) {
      const answer = await stage.own.send({ path: '/v1/payments', body })
      expectProblem(answer, 400, code)
      expect(answer.json.errors[0].pointer).toBe(pointer)
    }
  })

  test('refuses an expiry that is too near or too far', async () => {
    for (const minutes of [0, 8 * 24 * 60]) {
      const expires_at = new Date(Date.now() + minutes * 60_000).toISOString()
      const answer = await stage.own.send({
        path: '/v1/payments',
        body: paymentBody({ expires_at }),
      })
      expectProblem(answer, 400, 'payment_expiry_invalid')
      expect(answer.json.errors[0].pointer).toBe('/expires_at')
    }
  })

  test("refuses somebody else's checkout as unknown", async () => {
    const { id: checkout } = await stage.neighbour.bursar.checkouts.create({
      amount: 5,
      title: '捐',
    })
    const { out_trade_no } = paymentBody()
    const answer = await stage.own.send({ path: '/v1/payments', body: { out_trade_no, checkout } })
    expectProblem(answer, 404, 'checkout_not_found')
  })

  test('refuses a channel that the institution has no account at', async () => {
    const body = paymentBody({ channel: 'wechatpay' })
    const answer = await stage.outsider.send({ path: '/v1/payments', body })
    expectProblem(answer, 409, 'channel_account_missing')
    expect(
      (await stage.outsider.bursar.payments.list({ out_trade_no: body.out_trade_no })).data,
    ).toEqual([])
  })
})

describe('GET /v1/payments/{id}', () => {
  test('gives the payment as it was created', async () => {
    const payment = await newPayment()
    expect(await stage.own.bursar.payments.get(payment.id)).toEqual(payment)
  })
})

describe('POST /v1/payments/{id}/close', () => {
  payments.describeChange({ action: 'close' })

  test('closes a payment without an order and one with, and again without harm', async () => {
    for (const payment of [await newPayment(), await newPendingPayment(stage.own)]) {
      const closed = await stage.own.bursar.payments.close(payment.id)
      expect(closed).toMatchObject({
        id: payment.id,
        status: 'closed',
        closed_at: expect.any(String),
        next_action: null,
      })
      expect(await stage.own.bursar.payments.close(payment.id)).toEqual(closed)
    }
  })

  test('refuses to close what is paid', async () => {
    const payment = await newPaidPayment(stage.own)
    const answer = await stage.own.send({
      method: 'POST',
      path: payments.path(payment.id, 'close'),
    })
    expectProblem(answer, 409, 'payment_not_closable')
  })
})

describe('GET /v1/payments', () => {
  test('finds a payment by its number', async () => {
    const payment = await newPayment()
    const { out_trade_no } = payment
    expect((await stage.own.bursar.payments.list({ out_trade_no })).data).toEqual([payment])
    expect((await stage.neighbour.bursar.payments.list({ out_trade_no })).data).toEqual([])
  })

  test('pages through all of them without leaving one out', async () => {
    const first = await newPayment()
    const made = [first, await newPayment(), await newPayment()]
    const since = { 'created_at[gte]': first.created_at, limit: 1 }
    const seen = await stage.own.bursar.payments.list(since).toArray({ limit: 3 })
    expect(seen.map((payment) => payment.id)).toEqual(made.map((payment) => payment.id).reverse())
  })
})
