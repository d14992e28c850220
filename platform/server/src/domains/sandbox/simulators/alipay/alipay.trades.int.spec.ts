import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Harness, MERCHANT_ID } from './alipay-merchant.harness.js'

let harness: Harness
beforeAll(async () => {
  harness = await Harness.start({ holdMs: 3_000 })
})
afterAll(() => harness.stop())

const word = (sub_code: string) => ({ code: '40004', sub_code })
const open = (url: string) => fetch(url, { redirect: 'manual' })

describe('a QR code', () => {
  test('is an order that does not exist until its payer has come', async () => {
    expect(await harness.precreate('qr1')).toMatchObject({
      code: '10000',
      out_trade_no: 'qr1',
      qr_code: expect.stringMatching(/^https:\/\/qr\.alipay\.com\/bax\w+$/),
    })
    expect(await harness.query('qr1')).toMatchObject(word('ACQ.TRADE_NOT_EXIST'))
    await harness.play('qr1', 'abandon')
    const trade = await harness.query('qr1')
    expect(trade).toMatchObject({ trade_status: 'WAIT_BUYER_PAY', total_amount: '100.00' })
    expect(trade).not.toHaveProperty('send_pay_date')
  })

  test('asked for again is the same one, and with other words none', async () => {
    const first = await harness.precreate('qr2')
    expect(await harness.precreate('qr2')).toMatchObject({ qr_code: first.qr_code })
    expect(await harness.precreate('qr2', { total_amount: '100.01' })).toMatchObject(
      word('ACQ.CONTEXT_INCONSISTENT'),
    )
  })

  test('is opened by what is in it', async () => {
    const { qr_code } = await harness.precreate('qr3')
    expect(await harness.control('/orders/open', { url: qr_code })).toMatchObject({ status: 200 })
    expect(await harness.query('qr3')).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' })
  })

  test('of what is paid or closed is not given again', async () => {
    await harness.paid('qr4')
    expect(await harness.precreate('qr4')).toMatchObject(word('ACQ.TRADE_HAS_SUCCESS'))
    await harness.precreate('qr5')
    await harness.play('qr5', 'abandon')
    await harness.call('alipay.trade.close', { out_trade_no: 'qr5' })
    expect(await harness.precreate('qr5')).toMatchObject(word('ACQ.TRADE_HAS_CLOSE'))
  })
})

describe('a page', () => {
  test.each([
    ['alipay.trade.page.pay', 'page1'],
    ['alipay.trade.wap.pay', 'wap1'],
  ])('of %s makes its order when the browser comes', async (method, no) => {
    const url = harness.pageUrl(method, no)
    expect(await harness.query(no)).toMatchObject(word('ACQ.TRADE_NOT_EXIST'))
    const response = await open(url)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toMatch(/^\/alipay\/phone\/bax\w+$/)
    expect(await harness.query(no)).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' })
    expect((await open(url)).headers.get('location')).toBe(response.headers.get('location'))
  })

  test('works while the order can be paid, however old its address is', async () => {
    const time_expire = harness.wireTime(new Date(harness.now().getTime() + 3_600_000))
    const url = harness.pageUrl('alipay.trade.page.pay', 'page2', { time_expire })
    harness.offsetMs += 30 * 60_000
    expect((await open(url)).status).toBe(302)
    harness.offsetMs += 60 * 60_000
    expect(await harness.query('page2')).toMatchObject({ trade_status: 'TRADE_CLOSED' })
  })

  test('with an altered address is refused, and there is no order', async () => {
    const url = harness.pageUrl('alipay.trade.page.pay', 'page3').replace('100.00', '100.01')
    expect((await open(url)).status).toBe(400)
    expect(await harness.query('page3')).toMatchObject(word('ACQ.TRADE_NOT_EXIST'))
  })

  test('opened by the control is the same as by a browser', async () => {
    const url = harness.pageUrl('alipay.trade.page.pay', 'page4')
    expect(await harness.control('/orders/open', { url })).toMatchObject({ status: 200 })
    expect(await harness.play('page4', 'pay')).toMatchObject({ status: 200 })
    expect(await harness.query('page4')).toMatchObject({ trade_status: 'TRADE_SUCCESS' })
  })
})

describe('paying', () => {
  test('is told with its time and number', async () => {
    await harness.paid('pay1')
    expect(await harness.query('pay1')).toMatchObject({
      trade_status: 'TRADE_SUCCESS',
      trade_no: expect.stringMatching(/^\d{28}$/),
      send_pay_date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    })
  })

  test('that was refused leaves the trade waiting: Alipay tells nobody', async () => {
    await harness.precreate('pay2')
    await harness.play('pay2', 'refuse')
    expect(await harness.query('pay2')).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' })
  })

  test('is possible after closing, for the money was on its way', async () => {
    await harness.precreate('pay3')
    await harness.play('pay3', 'abandon')
    await harness.call('alipay.trade.close', { out_trade_no: 'pay3' })
    await harness.play('pay3', 'pay')
    expect(await harness.query('pay3')).toMatchObject({ trade_status: 'TRADE_SUCCESS' })
  })

  test('what nobody ordered is not possible', async () => {
    expect((await harness.play('nothing', 'pay')).status).toBe(404)
  })
})

describe('closing', () => {
  test('ends a trade, and one that is closed or paid cannot be closed', async () => {
    const close = (no: string) => harness.call('alipay.trade.close', { out_trade_no: no })
    expect(await close('close0')).toMatchObject(word('ACQ.TRADE_NOT_EXIST'))
    await harness.precreate('close1')
    expect(await close('close1')).toMatchObject(word('ACQ.TRADE_NOT_EXIST'))
    await harness.play('close1', 'abandon')
    expect(await close('close1')).toMatchObject({ code: '10000', out_trade_no: 'close1' })
    expect(await harness.query('close1')).toMatchObject({ trade_status: 'TRADE_CLOSED' })
    expect(await close('close1')).toMatchObject(word('ACQ.TRADE_STATUS_ERROR'))
    await harness.paid('close2')
    expect(await close('close2')).toMatchObject(word('ACQ.TRADE_STATUS_ERROR'))
  })

  test('meets a payer who pays at that very moment, by a fault', async () => {
    await harness.precreate('close3')
    await harness.play('close3', 'abandon')
    await harness.fault('success_after_close', 'close3', 1)
    await harness.call('alipay.trade.close', { out_trade_no: 'close3' })
    expect(await harness.query('close3')).toMatchObject({ trade_status: 'TRADE_SUCCESS' })
  })
})

describe('faults of a call', () => {
  const impatient = (no: string) => Promise.race([harness.precreate(no), later()])
  const later = () => new Promise((resolve) => setTimeout(() => resolve('no answer'), 400))

  test('no answer, and the order was not taken', async () => {
    await harness.fault('timeout_before_acceptance', 'fault1', 1)
    expect(await impatient('fault1')).toBe('no answer')
    expect((await harness.play('fault1', 'pay')).status).toBe(404)
    expect(await harness.precreate('fault1')).toMatchObject({ code: '10000' })
  })

  test('no answer, but the order was taken', async () => {
    await harness.fault('timeout_after_acceptance', 'fault2', 1)
    expect(await impatient('fault2')).toBe('no answer')
    expect((await harness.play('fault2', 'pay')).status).toBe(200)
  })

  test('Alipay does not know, and took it', async () => {
    await harness.fault('result_unknown', 'fault3', 1)
    expect(await harness.precreate('fault3')).toMatchObject({
      code: '20000',
      sub_code: 'aop.unknow-error',
    })
    expect((await harness.play('fault3', 'pay')).status).toBe(200)
  })

  test('the order is refused, by call and by page', async () => {
    await harness.fault('order_refused', 'fault4')
    expect(await harness.precreate('fault4')).toMatchObject(word('ACQ.ACCESS_FORBIDDEN'))
    const page = await open(harness.pageUrl('alipay.trade.page.pay', 'fault4'))
    expect(page.status).toBe(400)
    expect(await page.text()).toContain('ACQ.ACCESS_FORBIDDEN')
  })

  test('come with an amount, once', async () => {
    // ¥9,000.11: the eleventh of the list.
    const changes = { total_amount: '9000.11' }
    const first = await harness.precreate('fault5', changes)
    expect(first).toMatchObject({ code: '20000' })
    expect(await harness.precreate('fault5', changes)).toMatchObject({ code: '10000' })
  })
})

describe('the gateway refuses', () => {
  const raw = async (fields: Record<string, string>) => {
    const url = `${harness.origin}/alipay/gateway.do`
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
    expect(response.status).toBe(200)
    return JSON.parse(await response.text())
  }

  test('an app it does not know, unsigned, since it cannot know whom to answer', async () => {
    const answer = await raw({ app_id: 'nobody', method: 'alipay.trade.query', sign: 'x' })
    expect(answer).toEqual({
      error_response: expect.objectContaining({ sub_code: 'isv.invalid-app-id' }),
    })
  })

  test.each([
    [{ sign: '' }, 'isv.missing-signature'],
    [{ sign: 'AAAA' }, 'isv.invalid-signature'],
    [{ sign_type: 'RSA' }, 'isv.invalid-signature-type'],
    [{ charset: 'GBK' }, 'isv.invalid-charset'],
  ])('%j with %s, signed', async (changes, sub_code) => {
    const method = 'alipay.trade.query'
    const common = { app_id: harness.sdk.config.appId, method, charset: 'utf-8', sign_type: 'RSA2' }
    const answer = await raw({ ...common, sign: 'AAAA', ...changes })
    expect(answer).toEqual({
      alipay_trade_query_response: expect.objectContaining({ sub_code }),
      sign: expect.stringMatching(/^[A-Za-z0-9+/=]{344}$/),
    })
  })

  test('a method it does not have, an old call, and contents that do not fit', async () => {
    expect(await harness.call('alipay.trade.dream', {})).toMatchObject({
      sub_code: 'isv.invalid-method',
    })
    const old = { timestamp: '2020-01-01 00:00:00' }
    expect(await harness.call('alipay.trade.query', { out_trade_no: 'x' }, old)).toMatchObject({
      sub_code: 'isv.invalid-timestamp',
    })
    for (const changes of [{ total_amount: '1.234' }, { total_amount: '0' }, { subject: 'a/b' }]) {
      expect(await harness.precreate('bad1', changes)).toMatchObject(word('ACQ.INVALID_PARAMETER'))
    }
  })
})

describe('the control', () => {
  test('shows an order with all that happened to it', async () => {
    await harness.paid('show1')
    await harness.refund('show1', 'R1', '1.00')
    const { json } = await harness.control(`/orders/${MERCHANT_ID}/show1`)
    expect(json).toMatchObject({
      out_trade_no: 'show1',
      code_url: expect.stringMatching(/^https:\/\/qr\.alipay\.com\//),
      phone_url: expect.stringMatching(/^http:\/\/localhost:3100\/alipay\/phone\/bax/),
      refunds: [{ out_request_no: 'R1' }],
      notifications: [],
    })
  })

  test('refuses what it does not understand', async () => {
    expect((await harness.control('/merchants', { merchant_id: '1' })).status).toBe(400)
    expect((await harness.play('show1', 'steal')).status).toBe(400)
    const elsewhere = { url: 'http://127.0.0.1:1/steal' }
    expect((await harness.control('/orders/open', elsewhere)).status).toBe(400)
  })
})
