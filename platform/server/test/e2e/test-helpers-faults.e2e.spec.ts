import { describe, expect, test } from '@jest/globals'
import { FAULTS } from '../../src/domains/sandbox/simulators/simulator-faults.js'
import { describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newPendingPayment, paymentBody, paymentIn } from '../support/fixtures.js'
import { openApp } from '../support/platform.js'
import { addKey, openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()
const FAULTS_PATH = '/v1/test_helpers/faults'
/** Nobody else in this suite is bothered by a statement of the bank that comes late. */
const HARMLESS = { fault: 'statement_late', channel: 'abc' } as const
const helpers = () => stage.own.bursar.testHelpers

describe('POST /v1/test_helpers/faults', () => {
  describeWrite(stage, {
    path: async () => FAULTS_PATH,
    body: () => HARMLESS,
    status: 200,
    invalid: {
      body: { ...HARMLESS, fault: 'rain' },
      code: 'field_value_invalid',
      pointer: '/fault',
    },
  })

  test('tells somebody else the same as of a payment that does not exist', async () => {
    const ask = (app: typeof stage.own, payment: string) =>
      app.send({ path: FAULTS_PATH, body: { fault: 'notify_lost', payment } })
    const { id } = await newPendingPayment(stage.own)
    const missing = 'pay_01jd0000000000000000000000'
    for (const app of [stage.neighbour, stage.outsider]) {
      expectProblem(await ask(app, id), 404, 'payment_not_found')
    }
    expectProblem(await ask(stage.own, missing), 404, 'payment_not_found')
  })

  test('loses the notification of one payment, and the platform finds out by asking', async () => {
    const payment = await newPendingPayment(stage.own)
    const set = await helpers().faults.set({
      fault: 'notify_lost',
      payment: payment.id,
      times: 1,
    })
    expect(set).toMatchObject({
      ...{ object: 'fault', livemode: false, fault: 'notify_lost', channel: 'wechatpay' },
      ...{ payment: payment.id, times: 1, channel_account: expect.stringMatching(/^cha_/) },
    })
    await helpers().payments.simulate(payment.id, { action: 'pay' })
    const { data } = await helpers().faults.list()
    expect(data.filter((fault) => fault.payment === payment.id)).toEqual([])
    await paymentIn(stage.own, payment.id, 'succeeded')
  })

  test('needs exactly one target', async () => {
    const payment = (await newPendingPayment(stage.own)).id
    for (const target of [{}, { channel: 'abc', payment }]) {
      const body = { fault: 'notify_lost', ...target }
      const answer = await stage.own.send({ path: FAULTS_PATH, method: 'POST', body })
      expectProblem(answer, 400, 'field_value_invalid')
    }
  })

  test('refuses a payment that has no order yet', async () => {
    const { id } = await stage.own.bursar.payments.create(paymentBody())
    const body = { fault: 'notify_lost', payment: id }
    const answer = await stage.own.send({ path: FAULTS_PATH, method: 'POST', body })
    expectProblem(answer, 409, 'simulation_not_possible')
  })

  test('is closed to live keys', async () => {
    const live = openApp({ ...stage.own, ...(await addKey(stage.own, '--live')) })
    expectProblem(await live.send({ path: FAULTS_PATH }), 403, 'test_mode_only')
  })
})

describe('GET and DELETE /v1/test_helpers/faults', () => {
  test('list what is set until it is cleared', async () => {
    await helpers().faults.set(HARMLESS)
    const { data } = await helpers().faults.list({ channel: 'abc' })
    expect(data).toContainEqual(
      expect.objectContaining({ ...HARMLESS, payment: null, times: null }),
    )
    expect(await helpers().faults.clear({ channel: 'abc' })).toEqual({ object: 'list', data: [] })
    expect((await helpers().faults.list({ channel: 'abc' })).data).toEqual([])
  })

  test('do not show an app the payments of another', async () => {
    const { id: payment } = await newPendingPayment(stage.own)
    await helpers().faults.set({ fault: 'notify_late', payment })
    const ours = await helpers().faults.list({ channel: 'wechatpay' })
    expect(ours.data.map((fault) => fault.payment)).toContain(payment)
    const theirs = await stage.neighbour.send({ path: FAULTS_PATH })
    expect(theirs.status).toBe(200)
    expect(theirs.text).not.toContain(payment)
  })
})

describe('GET /v1/test_helpers/magic_amounts', () => {
  test('lists an amount for every fault of orders and refunds', async () => {
    const { data } = await helpers().magicAmounts.list()
    expect(data.map(({ fault }) => fault)).toEqual(
      FAULTS.filter((fault) => !fault.startsWith('statement_')),
    )
    expect(new Set(data.map(({ amount }) => amount)).size).toBe(data.length)
  })

  test('an order of such an amount meets the fault', async () => {
    const { data } = await helpers().magicAmounts.list()
    const amount = data.find(({ fault }) => fault === 'order_refused')?.amount ?? 0
    const body = paymentBody({ amount, channel: 'wechatpay' })
    const { id } = await stage.own.bursar.payments.create(body)
    const failed = await until(
      () => stage.own.bursar.payments.get(id),
      ({ status }) => status === 'failed',
    )
    expect(failed.failure).toMatchObject({ code: expect.stringMatching(/rule_limit/) })
  })
})
