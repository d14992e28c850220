import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { businessDate } from '../../../kernel/clock.js'
import { type Harness, MERCHANT_ID, startHarness } from './wechatpay/wechatpay-merchant.harness.js'

const NATIVE = '/v3/pay/transactions/native'
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
let harness: Harness
let offsetMs = 0

beforeAll(async () => {
  harness = await startHarness({ wechatpayTiming: { lateMs: 5 * MINUTE_MS, resendSeconds: [600] } })
})
afterAll(() => harness.stop())

async function advance(stepMs: number): Promise<void> {
  offsetMs += stepMs
  const { status } = await harness.control(`/merchants/${MERCHANT_ID}/clock`, {
    offset_ms: offsetMs,
  })
  expect(status).toBe(200)
}

const merchantNow = () => Date.now() + offsetMs
const created = async (number: string) => {
  const time_expire = new Date(merchantNow() + 15 * MINUTE_MS).toISOString()
  const order = harness.order(number, { time_expire })
  expect((await harness.call('POST', NATIVE, order)).status).toBe(200)
}
const due = async () => (await harness.control(`/merchants/${MERCHANT_ID}/clock`)).body.due

describe('the clock of a merchant', () => {
  test('refuses what is no clock', async () => {
    for (const body of [{ offset_ms: -1 }, { offset_ms: 1.5 }, {}]) {
      const answer = await harness.control(`/merchants/${MERCHANT_ID}/clock`, body)
      expect([answer.status, answer.body.code]).toEqual([400, 'clock_invalid'])
    }
  })

  test('ends an order that nobody paid, although its time is not over in reality', async () => {
    await created('clock-expires')
    expect((await harness.query('clock-expires')).body.trade_state).toBe('NOTPAY')
    await advance(16 * MINUTE_MS)
    expect((await harness.query('clock-expires')).body.trade_state).toBe('CLOSED')
  })

  test('dates what is paid, while signatures keep the real time', async () => {
    await advance(DAY_MS)
    await created('clock-paid')
    const { body } = await harness.play('clock-paid', 'pay')
    const paidAt = Date.parse(String(body.success_time))
    expect(Math.abs(paidAt - merchantNow())).toBeLessThan(10_000)
    expect(await harness.query('clock-paid')).toMatchObject({ status: 200, is_signed: true })
  })

  test('sends a late notification when its time comes', async () => {
    await created('clock-late')
    await harness.play('clock-late', 'pay', 'late')
    await sleep(300)
    expect(harness.receiver.of('clock-late')).toHaveLength(0)
    await advance(6 * MINUTE_MS)
    expect(await harness.receiver.waitFor('clock-late', 1)).toHaveLength(1)
  })

  test('sends a refused notification again when its time comes, and not before', async () => {
    harness.receiver.answers.push(500)
    await created('clock-refused')
    await harness.play('clock-refused', 'pay')
    await harness.receiver.waitFor('clock-refused', 1)
    await advance(5 * MINUTE_MS)
    await sleep(300)
    expect(harness.receiver.of('clock-refused')).toHaveLength(1)
    await advance(6 * MINUTE_MS)
    await harness.receiver.waitFor('clock-refused', 2)
    while ((await due()) !== 0) await sleep(20)
  })

  test('has the statement of a day on the next one', async () => {
    const day = businessDate(new Date(merchantNow()))
    await created('clock-statement')
    await harness.play('clock-statement', 'pay', 'lost')
    const path = `/v3/bill/tradebill?bill_date=${day}`
    expect((await harness.call('GET', path)).status).toBe(400)
    await advance(2 * DAY_MS)
    const { status, body } = await harness.call('GET', path)
    expect([status, body.hash_type]).toEqual([200, 'SHA1'])
  })

  test('is the same after a restart', async () => {
    await harness.restart()
    await created('clock-restarted')
    const { body } = await harness.play('clock-restarted', 'pay', 'lost')
    const paidAt = Date.parse(String(body.success_time))
    expect(Math.abs(paidAt - merchantNow())).toBeLessThan(10_000)
  })

  test('is no other merchant’s', async () => {
    const other = { ...harness.registration, merchant_id: '1900000110' }
    expect((await harness.control('/merchants', other)).status).toBe(200)
    expect((await harness.control('/merchants/1900000110/clock')).body).toEqual({ due: 0 })
  })
})
