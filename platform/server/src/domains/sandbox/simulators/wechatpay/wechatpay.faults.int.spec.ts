import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { businessDate } from '../../../../kernel/clock.js'
import { MAGIC_AMOUNTS } from '../simulator-faults.js'
import { type Harness, MERCHANT_ID, startHarness } from './wechatpay-merchant.harness.js'

const NATIVE = '/v3/pay/transactions/native'
const FAULTS = `/merchants/${MERCHANT_ID}/faults`
const DAY_MS = 24 * 3_600_000
let offsetMs = 0
let harness: Harness

beforeAll(async () => {
  harness = await startHarness({
    clock: { now: () => new Date(Date.now() + offsetMs) },
    wechatpayTiming: { refundSettleMs: 50, duplicateMs: 50, holdMs: 200, reorderedMs: 60_000 },
  })
})
afterAll(() => harness.stop())

const magic = (fault: string) =>
  [...MAGIC_AMOUNTS].find(([, magicFault]) => magicFault === fault)?.[0] ?? 0
const place = (no: string, total = 10_000) =>
  harness.call('POST', NATIVE, harness.order(no, { amount: { total, currency: 'CNY' } }))
const refund = (no: string, refundNo: string, fen: number, total = 10_000) =>
  harness.call('POST', '/v3/refund/domestic/refunds', harness.refund(no, refundNo, fen, total))

describe('a fault', () => {
  test('is kept over a restart, counted, and gone when it is used up', async () => {
    await harness.control(FAULTS, { fault: 'order_refused', order_no: 'fault-kept', remaining: 2 })
    await harness.restart()
    expect((await place('fault-kept')).body.code).toBe('RULE_LIMIT')
    expect((await harness.control(FAULTS)).body).toEqual({
      faults: [
        {
          ...{ merchant_id: MERCHANT_ID, order_no: 'fault-kept' },
          ...{ fault: 'order_refused', remaining: 1 },
        },
      ],
    })
    expect((await place('fault-kept')).status).toBe(403)
    expect((await place('fault-kept')).status).toBe(200)
    expect((await harness.control(FAULTS)).body).toEqual({ faults: [] })
  })

  test('of the merchant meets every order, until it is cleared', async () => {
    await harness.control(FAULTS, { fault: 'order_refused' })
    expect((await place('fault-all-1')).status).toBe(403)
    expect((await place('fault-all-2')).status).toBe(403)
    const url = `${harness.base}/_control/wechatpay${FAULTS}`
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(204)
    expect((await place('fault-all-1')).status).toBe(200)
  })

  test('that nobody knows is refused', async () => {
    const answer = await harness.control(FAULTS, { fault: 'rain' })
    expect(answer).toMatchObject({ status: 400, body: { code: 'fault_invalid' } })
  })

  test('hangs up without an answer, with the order taken or not', async () => {
    await expect(place('magic-before', magic('timeout_before_acceptance'))).rejects.toThrow()
    expect((await harness.query('magic-before')).body.code).toBe('ORDER_NOT_EXIST')
    await expect(place('magic-after', magic('timeout_after_acceptance'))).rejects.toThrow()
    expect((await harness.query('magic-after')).body.trade_state).toBe('NOTPAY')
  })

  test('of an amount meets each order once, and each refund of it once', async () => {
    const total = magic('result_unknown')
    const body = harness.order('magic-once', { amount: { total, currency: 'CNY' } })
    expect((await harness.call('POST', NATIVE, body)).body.code).toBe('SYSTEM_ERROR')
    expect((await harness.call('POST', NATIVE, body)).status).toBe(200)
    await harness.play('magic-once', 'pay', 'lost')
    expect((await refund('magic-once', 'magic-once-r1', 1, total)).status).toBe(500)
    expect((await refund('magic-once', 'magic-once-r1', 1, total)).status).toBe(200)
    expect((await refund('magic-once', 'magic-once-r2', 1, total)).status).toBe(500)
  })

  test('lets the payer pay at the moment the order is closed', async () => {
    const total = magic('success_after_close')
    await place('magic-close', total)
    expect((await harness.close('magic-close')).status).toBe(204)
    expect((await harness.query('magic-close')).body.trade_state).toBe('SUCCESS')
    await harness.receiver.waitFor('magic-close', 1)
  })

  test('ends a refund as abnormal, and says so', async () => {
    const total = magic('refund_abnormal')
    await place('magic-refund', total)
    await harness.play('magic-refund', 'pay', 'lost')
    await refund('magic-refund', 'magic-refund-1', 100, total)
    const [notice] = await harness.receiver.waitFor('magic-refund', 1)
    expect(notice).toMatchObject({
      event_type: 'REFUND.ABNORMAL',
      resource: { refund_status: 'ABNORMAL' },
    })
  })
})

describe('a notification', () => {
  const told = async (no: string, notify: string) => {
    await place(no)
    await harness.play(no, 'pay', notify)
    const [notice] = await harness.receiver.waitFor(no, 1)
    return notice
  }

  test('may be signed by a stranger, or be a probe', async () => {
    expect((await told('notice-forged', 'forged'))?.is_signed).toBe(false)
    expect((await told('notice-probe', 'probe'))?.is_signed).toBe(false)
  })

  test('may tell of another amount or merchant in WeChat’s own name', async () => {
    expect(await told('notice-amount', 'wrong_amount')).toMatchObject({
      is_signed: true,
      resource: { amount: { total: 10_001 } },
    })
    const stranger = await told('notice-merchant', 'wrong_merchant')
    expect(stranger?.is_signed).toBe(true)
    expect(stranger?.resource.mchid).not.toBe(MERCHANT_ID)
  })

  test('may come after that of the refund', async () => {
    await place('notice-order')
    await harness.play('notice-order', 'pay', 'reordered')
    await sleep(100)
    expect(harness.receiver.of('notice-order')).toHaveLength(0)
    await refund('notice-order', 'notice-order-1', 100)
    const notices = await harness.receiver.waitFor('notice-order', 2)
    expect(notices.map(({ event_type }) => event_type)).toEqual([
      'REFUND.SUCCESS',
      'TRANSACTION.SUCCESS',
    ])
  })
})

describe('the other ways to pay', () => {
  const jsapi = '/v3/pay/transactions/jsapi'

  test('inside WeChat: a prepay_id, and the payer is who was named', async () => {
    const body = harness.order('way-jsapi', { payer: { openid: 'oOpenid' } })
    const placed = await harness.call('POST', jsapi, body)
    expect(placed.body.prepay_id).toMatch(/^wx\d{14}\w+$/)
    await harness.play('way-jsapi', 'pay', 'lost')
    expect((await harness.query('way-jsapi')).body).toMatchObject({
      trade_type: 'JSAPI',
      payer: { openid: 'oOpenid' },
    })
    expect((await harness.call('POST', jsapi, harness.order('way-nobody'))).status).toBe(400)
  })

  test('in a browser: a page that sends the payer back', async () => {
    const scene_info = { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } }
    const body = harness.order('way-h5', { scene_info })
    const placed = await harness.call('POST', '/v3/pay/transactions/h5', body)
    const { pathname, search } = new URL(String(placed.body.h5_url))
    const back = encodeURIComponent('https://pay.example.edu/pay?a=1&b="2"')
    const page = await fetch(`${harness.base}${pathname}${search}&redirect_url=${back}`)
    expect(await page.text()).toContain('href="https://pay.example.edu/pay?a=1&#38;b=')
    const done = await fetch(page.url, {
      method: 'POST',
      body: new URLSearchParams({ action: 'pay', notify: 'lost' }),
    })
    expect(await done.text()).toContain('<meta http-equiv="refresh" content="3;url=https://pay.')
    expect((await harness.query('way-h5')).body.trade_type).toBe('MWEB')
  })

  test('the same number by another way is another order, and refused', async () => {
    await place('way-twice')
    const body = harness.order('way-twice', { payer: { openid: 'oOpenid' } })
    expect((await harness.call('POST', jsapi, body)).status).toBe(400)
  })

  test('a browser without a page of ours finds nothing', async () => {
    const url = `${harness.base}/wechatpay/cgi-bin/mmpayweb-bin/checkmweb?package=nobody`
    expect((await fetch(url)).status).toBe(404)
    const scripted = `${url}&redirect_url=javascript:alert(1)`
    expect((await fetch(scripted)).status).toBe(404)
  })
})

describe('the trade bill', () => {
  const billOf = (day: string) =>
    harness.call('GET', `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL&tar_type=GZIP`)

  test('is there on the next day, with a hash of the file before compression', async () => {
    const day = businessDate(new Date(Date.now() + offsetMs))
    await place('bill-order', 30_000)
    await harness.play('bill-order', 'pay', 'lost')
    expect((await billOf(day)).body.code).toBe('INVALID_REQUEST')
    offsetMs += 2 * DAY_MS
    const bill = await billOf(day)
    expect(bill.body).toMatchObject({ hash_type: 'SHA1' })
    const url = new URL(String(bill.body.download_url))
    expect((await fetch(url)).status).toBe(401)
    const path = `${url.pathname}${url.search}`.replace('/wechatpay', '')
    const file = await harness.download(path)
    const text = gunzipSync(file).toString()
    expect(createHash('sha1').update(text).digest('hex')).toBe(bill.body.hash_value)
    expect(text).toContain('`bill-order,')
    expect(text.trimEnd().split('\r\n').at(-1)).toMatch(/^`\d+,`\d+\.\d\d,/)
  })

  test('of a day without business does not exist', async () => {
    const day = businessDate(new Date(Date.now() + offsetMs))
    offsetMs += 2 * DAY_MS
    expect((await billOf(day)).body.code).toBe('NO_STATEMENT_EXIST')
    expect((await billOf('yesterday')).body.code).toBe('PARAM_ERROR')
  })
})
