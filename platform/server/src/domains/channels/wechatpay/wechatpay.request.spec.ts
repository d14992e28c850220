import { verify } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { ChannelOrder, ChannelRefund, NextAction } from '../channel.port.js'
import { toPlacing } from './wechatpay.placing.js'
import { toNativeOrder, toRefund } from './wechatpay.request.js'
import { wechatpayMerchant } from './wechatpay.settings.js'
import { makeWechatpayFixture } from './wechatpay-fixture.conformance.js'

const ORDER_NO = 'ORDER0000000001'
const REFUND_NO = 'REFUND000000001'
const NOW = new Date('2026-12-01T16:00:00.500Z')
const fixture = makeWechatpayFixture()
const merchant = wechatpayMerchant(fixture.account)

const order: ChannelOrder = {
  order_no: ORDER_NO,
  amount: { minor: 9007199254740991n, currency: 'CNY' },
  description: '学费'.repeat(80),
  method: 'native',
  placed_at: new Date('2026-12-01T16:00:00Z'),
  return_url: 'https://pay.example.edu/pay',
  payer: { ip: null, channel_user_id: null },
  expires_at: new Date('2026-12-01T16:30:59.999Z'),
  notify_url: 'https://pay.example.edu/notify',
}
const refund: ChannelRefund = {
  order: {
    order_no: ORDER_NO,
    transaction_no: '42',
    method: 'native',
    amount: { minor: 12345n, currency: 'CNY' },
    placed_at: new Date('2026-12-01T16:00:00Z'),
  },
  refund_no: REFUND_NO,
  amount: { minor: 1n, currency: 'CNY' },
  requested_at: new Date('2026-12-02T16:00:00Z'),
  reason: '😀'.repeat(81),
  notify_url: 'https://pay.example.edu/notify',
}

describe('what is sent', () => {
  test('is an order in fen, in Shanghai time, with a short enough description', () => {
    expect(toNativeOrder(order, merchant)).toEqual({
      appid: 'wxd678efh567hg6787',
      mchid: '1900007291',
      description: '学费'.repeat(80).slice(0, 127),
      out_trade_no: ORDER_NO,
      time_expire: '2026-12-02T00:30:59+08:00',
      notify_url: 'https://pay.example.edu/notify',
      amount: { total: 9007199254740991, currency: 'CNY' },
    })
  })

  test('is a refund with both amounts and a reason cut between characters', () => {
    expect(toRefund(refund)).toEqual({
      out_trade_no: ORDER_NO,
      out_refund_no: REFUND_NO,
      reason: '😀'.repeat(80),
      notify_url: 'https://pay.example.edu/notify',
      amount: { refund: 1, total: 12345, currency: 'CNY' },
    })
  })

  test('has no reason when none was given', () => {
    expect(toRefund({ ...refund, reason: '' })).not.toHaveProperty('reason')
  })
})

describe('an order inside WeChat', () => {
  const inside = {
    ...order,
    method: 'jsapi',
    payer: { ip: null, channel_user_id: 'oOpenid' },
  } as const
  const placing = (changes: Partial<ChannelOrder> = {}) =>
    toPlacing({ ...inside, ...changes }, merchant, NOW)

  test('names its payer', () => {
    expect(placing()).toMatchObject({
      path: '/v3/pay/transactions/jsapi',
      json: { ...toNativeOrder(order, merchant), payer: { openid: 'oOpenid' } },
    })
  })

  test('is refused without a payer that WeChat knows', () => {
    const payer = { ip: '203.0.113.7', channel_user_id: null }
    expect(placing({ payer })).toMatchObject({ kind: 'refused', code: 'channel_user_id_missing' })
  })

  test('hands the bridge parameters whose four lines are signed', () => {
    const action = actionOf(placing(), { prepay_id: 'wx1' })
    if (action?.type !== 'invoke_jsapi') throw new Error('there is nothing to invoke')
    const { paySign = '', nonceStr = '', ...rest } = action.parameters
    expect(rest).toEqual({
      appId: 'wxd678efh567hg6787',
      timeStamp: '1796140800',
      package: 'prepay_id=wx1',
      signType: 'RSA',
    })
    const text = `wxd678efh567hg6787\n1796140800\n${nonceStr}\nprepay_id=wx1\n`
    const signature = Buffer.from(paySign, 'base64')
    expect(verify('sha256', Buffer.from(text), fixture.merchantPublicKey, signature)).toBe(true)
  })

  test.each([{}, { prepay_id: '' }, { prepay_id: 1 }, null])(
    'does not know what %j means',
    (json) => {
      expect(actionOf(placing(), json)).toBeNull()
    },
  )
})

describe('an order in a phone’s browser', () => {
  const phone = {
    ...order,
    method: 'h5',
    payer: { ip: '203.0.113.7', channel_user_id: null },
  } as const
  const placing = (changes: Partial<ChannelOrder> = {}) =>
    toPlacing({ ...phone, ...changes }, merchant, NOW)

  test('names the address of the browser', () => {
    expect(placing()).toMatchObject({
      path: '/v3/pay/transactions/h5',
      json: { scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } } },
    })
  })

  test('is refused without one', () => {
    const payer = { ip: null, channel_user_id: 'oOpenid' }
    expect(placing({ payer })).toMatchObject({ kind: 'refused', code: 'payer_ip_missing' })
  })

  test('comes back to where it belongs', () => {
    const h5_url = 'https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1&package=2'
    const return_url = 'https://pay.example.edu/pay?a=1&b=2'
    expect(actionOf(placing({ return_url }), { h5_url })).toEqual({
      type: 'redirect',
      url: `${h5_url}&redirect_url=https%3A%2F%2Fpay.example.edu%2Fpay%3Fa%3D1%26b%3D2`,
    })
  })

  test.each([
    'javascript:alert(1)?',
    'https://wx.tenpay.com/#?',
    'https://wx.tenpay.com/',
    'weixin',
  ])('is not sent to %j', (h5_url) => {
    expect(actionOf(placing(), { h5_url })).toBeNull()
  })
})

function actionOf(placing: ReturnType<typeof toPlacing>, answer: unknown): NextAction | null {
  if (placing.kind !== 'call') throw new Error(placing.message)
  return placing.toAction(answer)
}
