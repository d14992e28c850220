import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ManualClock } from '../../../../kernel/clock.js'
import { APP_ID, type Harness, MERCHANT_ID, startHarness } from './wechatpay-merchant.harness.js'

const NATIVE = '/v3/pay/transactions/native'
let harness: Harness

beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

describe('signatures', () => {
  test('accepts a signed request and signs the answer', async () => {
    const answer = await harness.call('POST', NATIVE, harness.order('sign-good'))
    expect(answer).toMatchObject({ status: 200, is_signed: true })
    expect(answer.body.code_url).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=\w+$/)
  })

  test.each([
    ['a body that was not signed', { sentBody: '{}' }],
    ['a timestamp of six minutes ago', { timestamp: Math.floor(Date.now() / 1000) - 360 }],
    ['a timestamp six minutes ahead', { timestamp: Math.floor(Date.now() / 1000) + 360 }],
    ['the serial number of another key', { serial_no: 'ABCDEF' }],
    ['a header of another scheme', { authorization: 'Bearer token' }],
    ['an unknown merchant', { authorization: unknownMerchant() }],
  ])('refuses %s with a signed SIGN_ERROR', async (_what, changes) => {
    const answer = await harness.call('POST', NATIVE, harness.order('sign-bad'), changes)
    expect(answer).toMatchObject({ status: 401, body: { code: 'SIGN_ERROR' }, is_signed: true })
    expect((await harness.query('sign-bad')).status).toBe(404)
  })

  test('refuses an address that does not exist with a signed 404', async () => {
    const answer = await harness.call('GET', '/v3/certificates-of-nobody')
    expect(answer).toMatchObject({ status: 404, is_signed: true })
  })
})

describe('creating an order', () => {
  test('answers the same order when the same request is repeated, also twenty times at once', async () => {
    const body = harness.order('create-same')
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => harness.call('POST', NATIVE, body)),
    )
    expect(new Set(answers.map((answer) => answer.body.code_url)).size).toBe(1)
  })

  test('refuses the same number with another amount', async () => {
    const body = harness.order('create-other')
    await harness.call('POST', NATIVE, body)
    const answer = await harness.call('POST', NATIVE, { ...body, amount: { total: 1 } })
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
  })

  test('refuses a paid order with ORDERPAID and a closed one with ORDER_CLOSED', async () => {
    const paid = harness.order('create-paid')
    const closed = harness.order('create-closed')
    await harness.call('POST', NATIVE, paid)
    await harness.call('POST', NATIVE, closed)
    await harness.play('create-paid', 'pay', 'lost')
    await harness.close('create-closed')
    expect((await harness.call('POST', NATIVE, paid)).body.code).toBe('ORDERPAID')
    expect((await harness.call('POST', NATIVE, closed)).body.code).toBe('ORDER_CLOSED')
  })

  test.each([
    ['an amount of zero', { amount: { total: 0 } }],
    ['an amount with a fraction', { amount: { total: 1.5 } }],
    ['a number with a space', { out_trade_no: 'with space' }],
    ['a notification address with a query', { notify_url: 'http://localhost/?a=1' }],
    ['another currency', { amount: { total: 1, currency: 'USD' } }],
  ])('refuses %s with PARAM_ERROR', async (_what, changes) => {
    const answer = await harness.call('POST', NATIVE, harness.order('create-bad', changes))
    expect(answer).toMatchObject({ status: 400, body: { code: 'PARAM_ERROR' }, is_signed: true })
  })

  test('refuses the app id and the merchant id of somebody else', async () => {
    const app = harness.order('create-app', { appid: 'wx0' })
    const merchant = harness.order('create-mch', { mchid: '1' })
    expect((await harness.call('POST', NATIVE, app)).body.code).toBe('APPID_MCHID_NOT_MATCH')
    expect((await harness.call('POST', NATIVE, merchant)).status).toBe(403)
  })
})

describe('querying and closing', () => {
  test('says ORDER_NOT_EXIST about an order nobody made', async () => {
    const refusal = { status: 404, body: { code: 'ORDER_NOT_EXIST' }, is_signed: true }
    expect(await harness.query('never-made')).toMatchObject(refusal)
    expect(await harness.close('never-made')).toMatchObject(refusal)
    expect((await harness.play('never-made', 'pay')).status).toBe(404)
  })

  test('shows an unpaid order without a transaction, a paid one with it', async () => {
    await harness.call('POST', NATIVE, harness.order('query-paid'))
    const unpaid = await harness.query('query-paid')
    expect(unpaid.body).toMatchObject({ trade_state: 'NOTPAY', amount: { total: 10_000 } })
    expect(unpaid.body).not.toHaveProperty('transaction_id')
    await harness.play('query-paid', 'pay', 'lost')
    expect((await harness.query('query-paid')).body).toMatchObject({
      appid: APP_ID,
      mchid: MERCHANT_ID,
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      transaction_id: expect.stringMatching(/^\d{28}$/),
      success_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/),
      payer: { openid: expect.any(String) },
      bank_type: 'OTHERS',
      trade_type: 'NATIVE',
      amount: { total: 10_000, payer_total: 10_000, currency: 'CNY', payer_currency: 'CNY' },
    })
  })

  test('closes with a signed empty 204, twice if asked, but not what is paid', async () => {
    await harness.call('POST', NATIVE, harness.order('close-me'))
    expect(await harness.close('close-me')).toMatchObject({ status: 204, is_signed: true })
    expect((await harness.close('close-me')).status).toBe(204)
    expect((await harness.query('close-me')).body.trade_state).toBe('CLOSED')
    await harness.call('POST', NATIVE, harness.order('close-paid'))
    await harness.play('close-paid', 'pay', 'lost')
    expect(await harness.close('close-paid')).toMatchObject({
      status: 400,
      body: { code: 'ORDERPAID' },
    })
  })

  test('of a close and a payment at the same moment, the state tells the truth', async () => {
    await harness.call('POST', NATIVE, harness.order('close-race'))
    await Promise.all([harness.close('close-race'), harness.play('close-race', 'pay', 'lost')])
    expect((await harness.query('close-race')).body.trade_state).toBe('SUCCESS')
  })

  test('closes an order whose time is over when somebody looks', async () => {
    const clock = new ManualClock(new Date())
    const timed = await startHarness({ clock })
    try {
      const time_expire = new Date(clock.now().getTime() + 120_000).toISOString()
      await timed.call('POST', NATIVE, timed.order('expire-me', { time_expire }))
      clock.advance(119_000)
      expect((await timed.query('expire-me')).body.trade_state).toBe('NOTPAY')
      clock.advance(2_000)
      expect((await timed.query('expire-me')).body.trade_state).toBe('CLOSED')
    } finally {
      await timed.stop()
    }
  })
})

describe('registering a merchant', () => {
  test('answers the same platform key every time', async () => {
    const again = await harness.control('/merchants', harness.registration)
    expect(again).toMatchObject({ status: 200, body: harness.platform })
  })

  test('refuses a key that is not RSA', async () => {
    const wrong = { ...harness.registration, merchant_public_key: 'not a key' }
    expect((await harness.control('/merchants', wrong)).status).toBe(400)
  })
})

function unknownMerchant(): string {
  return 'WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n",timestamp="1",serial_no="s",signature="c2ln"'
}
