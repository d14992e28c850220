import { describe, expect, test } from '@jest/globals'
import { deviceOf, payChoices } from './payer-device.rules.js'

const CHROME = 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1'
const WECHAT = `${IPHONE} MicroMessenger/8.0.50`
const WECHAT_ON_DESKTOP = `${CHROME} MicroMessenger/7.0.20`

const CHANNELS = [
  { code: 'wechatpay', methods: ['native', 'jsapi', 'h5'] },
  { code: 'alipay', methods: ['native', 'page', 'h5'] },
  { code: 'unionpay', methods: ['page', 'h5'] },
  { code: 'abc', methods: ['page', 'native'] },
  { code: 'cash', methods: ['counter'] },
  { code: 'odd', methods: ['telepathy'] },
]

const waysOn = (userAgent: string) =>
  payChoices(CHANNELS, deviceOf(userAgent)).map(({ channel, method }) => `${channel}/${method}`)

describe('the way a channel is met', () => {
  test('is a code to scan on a desktop, and a page where there is no code', () => {
    const expected = [
      'wechatpay/native',
      'alipay/native',
      'unionpay/page',
      'abc/native',
      'cash/counter',
    ]
    expect(waysOn(CHROME)).toEqual(expected)
    expect(waysOn(WECHAT_ON_DESKTOP)).toEqual(expected)
  })

  test('is a page for phones on a phone, because it cannot scan itself', () => {
    expect(waysOn(IPHONE)).toEqual([
      'wechatpay/h5',
      'alipay/h5',
      'unionpay/h5',
      'abc/native',
      'cash/counter',
    ])
  })

  test('is never the H5 page of WeChat inside WeChat', () => {
    expect(waysOn(WECHAT)[0]).toBe('wechatpay/native')
    expect(waysOn(WECHAT)[1]).toBe('alipay/h5')
  })
})
