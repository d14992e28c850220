import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Harness, startHarness } from './wechatpay-merchant.harness.js'

const NATIVE = '/v3/pay/transactions/native'
const REFUNDS = '/v3/refund/domestic/refunds'
let harness: Harness

beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

async function paid(outTradeNo: string): Promise<string> {
  await harness.call('POST', NATIVE, harness.order(outTradeNo))
  return String((await harness.play(outTradeNo, 'pay', 'lost')).body.transaction_id)
}

describe('a refund', () => {
  test('is accepted, arrives a moment later, and the merchant is told', async () => {
    const transaction_id = await paid('refund-flow')
    const body = harness.refund('refund-flow', 'flow-1', 4_000)
    const accepted = await harness.call('POST', REFUNDS, body)
    expect(accepted).toMatchObject({
      status: 200,
      is_signed: true,
      body: { status: 'PROCESSING', transaction_id, amount: { refund: 4_000, total: 10_000 } },
    })
    expect((await harness.query('refund-flow')).body.trade_state).toBe('REFUND')
    const [notification] = await harness.receiver.waitFor('refund-flow', 1)
    expect(notification).toMatchObject({
      event_type: 'REFUND.SUCCESS',
      is_signed: true,
      resource: { out_refund_no: 'flow-1', refund_status: 'SUCCESS', amount: { refund: 4_000 } },
    })
    const queried = await harness.call('GET', `${REFUNDS}/flow-1`)
    expect(queried.body).toMatchObject({ status: 'SUCCESS', refund_id: accepted.body.refund_id })
    expect(queried.body).toHaveProperty('success_time')
  })

  test('may name the order by transaction_id', async () => {
    const transaction_id = await paid('refund-by-id')
    const { out_trade_no: _, ...rest } = harness.refund('refund-by-id', 'by-id-1', 100)
    const answer = await harness.call('POST', REFUNDS, { ...rest, transaction_id })
    expect(answer.body.out_trade_no).toBe('refund-by-id')
  })

  test('repeated with the same number is the same refund; with another amount it is refused', async () => {
    await paid('refund-repeat')
    const body = harness.refund('refund-repeat', 'repeat-1', 6_000)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => harness.call('POST', REFUNDS, body)),
    )
    expect(new Set(answers.map((answer) => answer.body.refund_id)).size).toBe(1)
    const other = harness.refund('refund-repeat', 'repeat-1', 5_999)
    const refused = await harness.call('POST', REFUNDS, other)
    expect(refused).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
  })

  test('of another order cannot take a number that is taken', async () => {
    await paid('refund-taken-a')
    await paid('refund-taken-b')
    const answers = await Promise.all(
      ['refund-taken-a', 'refund-taken-b'].map((order) =>
        harness.call('POST', REFUNDS, harness.refund(order, 'taken-1', 10)),
      ),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400])
  })

  test('never passes what was paid, not even twenty at once', async () => {
    await paid('refund-race')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        harness.call('POST', REFUNDS, harness.refund('refund-race', `race-${index}`, 900)),
      ),
    )
    const accepted = answers.filter((answer) => answer.status === 200)
    const refused = answers.filter((answer) => answer.body.code === 'INVALID_REQUEST')
    expect([accepted.length, refused.length]).toEqual([11, 9])
  })

  test('is refused when it is more than what is left, or the total is wrong', async () => {
    await paid('refund-limits')
    const tooMuch = harness.refund('refund-limits', 'limits-1', 10_001)
    const wrongTotal = harness.refund('refund-limits', 'limits-2', 1, 9_999)
    for (const body of [tooMuch, wrongTotal]) {
      const answer = await harness.call('POST', REFUNDS, body)
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
    }
    await harness.call('POST', REFUNDS, harness.refund('refund-limits', 'limits-3', 10_000))
    const after = await harness.call(
      'POST',
      REFUNDS,
      harness.refund('refund-limits', 'limits-4', 1),
    )
    expect(after.body.message).toBe('订单已全额退款')
  })

  test('is the fiftieth of an order at most', async () => {
    await paid('refund-fifty')
    for (let index = 1; index <= 50; index += 1) {
      const body = harness.refund('refund-fifty', `fifty-${index}`, 1)
      expect((await harness.call('POST', REFUNDS, body)).status).toBe(200)
    }
    const answer = await harness.call('POST', REFUNDS, harness.refund('refund-fifty', 'f-51', 1))
    expect(answer.status).toBe(400)
  })

  test('of an unpaid or unknown order is refused, and an unknown refund is not found', async () => {
    await harness.call('POST', NATIVE, harness.order('refund-unpaid'))
    const unpaid = await harness.call('POST', REFUNDS, harness.refund('refund-unpaid', 'u-1', 1))
    expect(unpaid).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
    const missing = { status: 404, body: { code: 'RESOURCE_NOT_EXISTS' }, is_signed: true }
    const unknown = harness.refund('refund-unknown', 'u-2', 1)
    expect(await harness.call('POST', REFUNDS, unknown)).toMatchObject(missing)
    expect(await harness.call('GET', `${REFUNDS}/u-3`)).toMatchObject(missing)
  })

  test('under way survives a new application on the same database', async () => {
    await paid('refund-restart')
    await harness.call('POST', REFUNDS, harness.refund('refund-restart', 'restart-1', 1))
    await harness.restart()
    const [notification] = await harness.receiver.waitFor('refund-restart', 1)
    expect(notification?.event_type).toBe('REFUND.SUCCESS')
  })
})
