import { describe, expect, test } from '@jest/globals'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newBill, paymentBody } from '../support/fixtures.js'
import { createApp } from '../support/platform.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
/** High enough that no payment of this file ever meets it. */
const body = () => ({
  ...{ name: '每人每日', department: stage.own.department_id, per: ['payer' as const] },
  amount_per_day: 9_000_000_000,
})
const create = () => stage.own.bursar.paymentLimits.create(body())

const limits = describeResource(stage, {
  collection: '/v1/payment_limits',
  id: async () => (await create()).id,
  missing: 'payment_limit_not_found',
})

describe('POST /v1/payment_limits', () => {
  describeWrite(stage, {
    path: () => '/v1/payment_limits',
    body,
    status: 201,
    invalid: {
      body: { name: 'x', amount_per_day: 0 },
      code: 'field_out_of_range',
      pointer: '/amount_per_day',
    },
  })

  test('keeps what it is about', async () => {
    expect(await create()).toMatchObject({
      ...{ object: 'payment_limit', status: 'active', currency: 'CNY', ...body() },
      ...{ payer: null, fee_item: null, channel: null, amount_per_payment: null },
    })
  })

  test('refuses one that limits nothing', async () => {
    const answer = await stage.own.send({ path: '/v1/payment_limits', body: { name: 'x' } })
    expectProblem(answer, 400, 'payment_limit_empty')
  })
})

describe('POST /v1/payment_limits/{id}', () => {
  limits.describeChange({
    body: () => ({ name: '新的名字' }),
    invalid: { body: { status: 'gone' }, code: 'field_value_invalid', pointer: '/status' },
  })
})

describe('a payment above a limit', () => {
  test('is refused with what is left, and nothing is written', async () => {
    const app = await createApp()
    const limit = await app.bursar.paymentLimits.create({
      ...{ name: '部门每日', department: app.department_id, amount_per_day: 1_000 },
    })
    // The API runs in one process of this platform; others take up to five seconds.
    await app.bursar.payments.create(paymentBody({ amount: 600 }))
    const refused = paymentBody({ amount: 401 })
    const answer = await app.send({ path: '/v1/payments', body: refused })
    expectProblem(answer, 422, 'payment_limit_exceeded')
    expect(answer.json).toMatchObject({ outcome: 'failed', retryable: false })
    expect(answer.json.detail).toContain(limit.id)
    expect(answer.json.detail).toContain('400')
    const found = await app.bursar.payments.list({ out_trade_no: refused.out_trade_no })
    expect(found.data).toEqual([])
    // The number is free: with another amount it makes a payment.
    await app.bursar.payments.create({ ...refused, amount: 400 })
  })

  test('counts each payer for themselves, and gives back what was never paid', async () => {
    const app = await createApp()
    await app.bursar.paymentLimits.create({
      ...{ name: '每人一次', department: app.department_id, per: ['payer'], count_per_day: 1 },
    })
    const bill = await newBill(app)
    const collect = async (id: string) => {
      const checkout = await app.bursar.checkouts.create({ items: [{ bill: id }] })
      return { out_trade_no: `t-${checkout.id}`, checkout: checkout.id }
    }
    const payment = await app.bursar.payments.create(await collect(bill.id))
    await app.bursar.payments.create(await collect((await newBill(app)).id))
    const second = await newBill(app, { payer: bill.payer })
    const wanted = await collect(second.id)
    expectProblem(
      await app.send({ path: '/v1/payments', body: wanted }),
      422,
      'payment_limit_exceeded',
    )
    await app.bursar.payments.close(payment.id)
    await app.bursar.payments.create(wanted)
  })
})
