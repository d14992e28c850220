import { describe, expect, test } from '@jest/globals'
import { describeForeign, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newPendingPayment, paymentBody, paymentIn } from '../support/fixtures.js'
import { openApp } from '../support/platform.js'
import { addKey, openStage } from '../support/stage.js'

const stage = openStage()
const path = (id: string) => `/v1/test_helpers/payments/${id}/simulate`
const id = async () => (await newPendingPayment(stage.own)).id

describe('POST /v1/test_helpers/payments/{id}/simulate', () => {
  describeWrite(stage, {
    path: async () => path(await id()),
    body: () => ({ action: 'pay' }),
    status: 200,
    invalid: { body: { action: 'dance' }, code: 'field_value_invalid', pointer: '/action' },
  })
  describeForeign(stage, {
    method: 'POST',
    path,
    id,
    body: { action: 'pay' },
    code: 'payment_not_found',
  })

  test('pays, and the platform hears of it as from the provider', async () => {
    const payment = await newPendingPayment(stage.own)
    await stage.own.bursar.testHelpers.payments.simulate(payment.id, { action: 'pay' })
    const paid = await paymentIn(stage.own, payment.id, 'succeeded')
    expect(paid).toMatchObject({ succeeded_at: expect.any(String), next_action: null })
  })

  test('chooses a channel for a payment that has none yet', async () => {
    const payment = await stage.own.bursar.payments.create(paymentBody())
    const played = await stage.own.bursar.testHelpers.payments.simulate(payment.id, {
      action: 'abandon',
    })
    expect(played).toMatchObject({ status: 'pending', channel: 'wechatpay' })
  })

  test.each([
    ['alipay', 'page'],
    ['unionpay', 'page'],
    ['abc', 'page'],
  ] as const)(
    'opens the page of %s, which makes the order, and pays there',
    async (channel, method) => {
      const body = paymentBody({ channel, method })
      const payment = await stage.own.bursar.payments.create(body)
      await stage.own.bursar.testHelpers.payments.simulate(payment.id, { action: 'pay' })
      const paid = await paymentIn(stage.own, payment.id, 'succeeded')
      expect(paid).toMatchObject({ channel, method })
    },
  )

  test('lets the payer choose another channel', async () => {
    const payment = await stage.own.bursar.payments.create(paymentBody())
    const choice = { action: 'pay', channel: 'alipay' } as const
    await stage.own.bursar.testHelpers.payments.simulate(payment.id, choice)
    expect(await paymentIn(stage.own, payment.id, 'succeeded')).toMatchObject({ channel: 'alipay' })
  })

  test('does not believe a notification that names another amount', async () => {
    const payment = await newPendingPayment(stage.own)
    const play = { action: 'pay', notify: 'wrong_amount' } as const
    await stage.own.bursar.testHelpers.payments.simulate(payment.id, play)
    const paid = await paymentIn(stage.own, payment.id, 'succeeded')
    expect(paid.amount).toBe(payment.amount)
  })

  test('refuses when there never was an order that somebody could pay', async () => {
    const payment = await stage.own.bursar.payments.create(paymentBody())
    await stage.own.bursar.payments.close(payment.id)
    const answer = await stage.own.send({ path: path(payment.id), body: { action: 'pay' } })
    expectProblem(answer, 409, 'simulation_not_possible')
  })

  test('is closed to live keys', async () => {
    const live = openApp({ ...stage.own, ...(await addKey(stage.own, '--live')) })
    const answer = await live.send({ path: path(await id()), body: { action: 'pay' } })
    expectProblem(answer, 403, 'test_mode_only')
  })
})

describe('live and test mode', () => {
  test('never see each other', async () => {
    const payment = await newPendingPayment(stage.own)
    const live = openApp({ ...stage.own, ...(await addKey(stage.own, '--live')) })
    expectProblem(await live.send({ path: `/v1/payments/${payment.id}` }), 404, 'payment_not_found')
    const { out_trade_no } = payment
    expect((await live.bursar.payments.list({ out_trade_no })).data).toEqual([])
    const twin = await live.bursar.payments.create(paymentBody({ out_trade_no }))
    expect(twin).toMatchObject({ livemode: true, out_trade_no })
    expect((await stage.own.bursar.payments.list({ out_trade_no })).data).toEqual([payment])
  })
})
