import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Harness, MERCHANT_ID, startHarness } from './wechatpay-merchant.harness.js'

const NATIVE = '/v3/pay/transactions/native'
let harness: Harness

beforeAll(async () => {
  harness = await startHarness({
    wechatpayTiming: { lateMs: 400, duplicateMs: 100, resendSeconds: [0.1, 0.1] },
  })
})
afterAll(() => harness.stop())

async function created(outTradeNo: string): Promise<void> {
  const answer = await harness.call('POST', NATIVE, harness.order(outTradeNo))
  expect(answer.status).toBe(200)
}

describe('the payer plays', () => {
  test('pay: a notification that the merchant can verify and decrypt', async () => {
    await created('play-pay')
    expect((await harness.play('play-pay', 'pay')).body.trade_state).toBe('SUCCESS')
    const [notification] = await harness.receiver.waitFor('play-pay', 1)
    const queried = await harness.query('play-pay')
    expect(notification).toMatchObject({
      event_type: 'TRANSACTION.SUCCESS',
      is_signed: true,
      resource: queried.body,
    })
  })

  test('pay twice: one payment, and it may notify again', async () => {
    await created('play-twice')
    const first = await harness.play('play-twice', 'pay', 'lost')
    const second = await harness.play('play-twice', 'pay')
    expect(second.body.transaction_id).toBe(first.body.transaction_id)
    await harness.receiver.waitFor('play-twice', 1)
  })

  test('pay after close: the money arrived all the same', async () => {
    await created('play-late-success')
    await harness.close('play-late-success')
    await harness.play('play-late-success', 'pay')
    const [notification] = await harness.receiver.waitFor('play-late-success', 1)
    expect(notification?.resource.trade_state).toBe('SUCCESS')
    expect((await harness.query('play-late-success')).body.trade_state).toBe('SUCCESS')
  })

  test('refuse: PAYERROR, no notification, and the payer may still change their mind', async () => {
    await created('play-refuse')
    expect((await harness.play('play-refuse', 'refuse')).body.trade_state).toBe('PAYERROR')
    expect((await harness.query('play-refuse')).body.trade_state).toBe('PAYERROR')
    expect((await harness.play('play-refuse', 'pay', 'lost')).body.trade_state).toBe('SUCCESS')
    expect((await harness.play('play-refuse', 'refuse')).status).toBe(400)
  })

  test('abandon: nothing moves', async () => {
    await created('play-abandon')
    expect((await harness.play('play-abandon', 'abandon')).body.trade_state).toBe('NOTPAY')
  })

  test('refuses a play it does not know', async () => {
    await created('play-unknown')
    expect((await harness.play('play-unknown', 'steal')).status).toBe(400)
  })
})

describe('the notification', () => {
  test('lost: never arrives', async () => {
    await created('notify-lost')
    await harness.play('notify-lost', 'pay', 'lost')
    await sleep(300)
    expect(harness.receiver.of('notify-lost')).toEqual([])
  })

  test('duplicate: the same one arrives twice although the first was heard', async () => {
    await created('notify-twice')
    await harness.play('notify-twice', 'pay', 'duplicate')
    const [first, second] = await harness.receiver.waitFor('notify-twice', 2)
    expect(second?.id).toBe(first?.id)
  })

  test('late: arrives after its delay', async () => {
    await created('notify-late')
    const startedAt = Date.now()
    await harness.play('notify-late', 'pay', 'late')
    const [notification] = await harness.receiver.waitFor('notify-late', 1)
    expect((notification?.at ?? 0) - startedAt).toBeGreaterThanOrEqual(390)
  })

  test('is sent again after a failure, and not after it was heard', async () => {
    await created('notify-retry')
    harness.receiver.answers.push(500)
    await harness.play('notify-retry', 'pay')
    await harness.receiver.waitFor('notify-retry', 2)
    await sleep(300)
    expect(harness.receiver.of('notify-retry')).toHaveLength(2)
    const order = await harness.control(`/orders/${MERCHANT_ID}/notify-retry`)
    expect(order.body.notifications).toMatchObject([
      { status: 'delivered', attempts: [{ http_status: 500 }, { http_status: 204 }] },
    ])
  })

  test('is given up after the last resend', async () => {
    await created('notify-never')
    harness.receiver.answers.push(500, 404, 302)
    await harness.play('notify-never', 'pay')
    await harness.receiver.waitFor('notify-never', 3)
    await sleep(300)
    const order = await harness.control(`/orders/${MERCHANT_ID}/notify-never`)
    expect(order.body.notifications).toMatchObject([{ status: 'given_up' }])
  })

  test('and the order survive a new application on the same database', async () => {
    await created('notify-restart')
    await harness.play('notify-restart', 'pay', 'late')
    await harness.restart()
    expect((await harness.query('notify-restart')).body.trade_state).toBe('SUCCESS')
    const [notification] = await harness.receiver.waitFor('notify-restart', 1)
    expect(notification?.is_signed).toBe(true)
  })
})
