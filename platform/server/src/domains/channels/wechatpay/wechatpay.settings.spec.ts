import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { ChannelError } from '../channel.errors.js'
import { wechatpayMerchant } from './wechatpay.settings.js'
import { makeWechatpayFixture } from './wechatpay-fixture.conformance.js'

const fixture = makeWechatpayFixture()
const withSettings = (changes: object) => ({
  ...fixture.account,
  settings: { ...fixture.settings, ...changes },
})

const pem = (bits: number) =>
  generateKeyPairSync('rsa', { modulusLength: bits })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()

const ed25519 = generateKeyPairSync('ed25519')
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString()

describe('wechatpayMerchant', () => {
  test('parses the keys of an account once', () => {
    const merchant = wechatpayMerchant(fixture.account)
    expect(merchant.merchant_id).toBe('1900007291')
    expect(merchant.privateKey.type).toBe('private')
    expect(merchant.platformKey.type).toBe('public')
    expect(wechatpayMerchant(fixture.account)).toBe(merchant)
  })

  test('drops the slash at the end of the base URL, since paths bring their own', () => {
    const account = withSettings({ base_url: 'https://api.mch.weixin.qq.com/' })
    expect(wechatpayMerchant(account).baseUrl).toBe('https://api.mch.weixin.qq.com')
  })

  test.each([
    ['a plain http host', { base_url: 'http://api.mch.weixin.qq.com' }],
    ['a base URL with a query', { base_url: 'https://api.mch.weixin.qq.com?a=1' }],
    ['no URL', { base_url: 'weixin' }],
    ['a short APIv3 key', { api_v3_key: 'short' }],
    ['a serial number that is not hex', { merchant_serial_no: '"; rm' }],
    ['a private key of 1024 bits', { merchant_private_key: pem(1024) }],
    ['a private key that is none', { merchant_private_key: 'key' }],
    ['a platform key that is not RSA', { platform_public_key: ed25519 }],
    ['a setting too many', { colour: 'green' }],
    ['a setting too few', { app_id: undefined }],
  ])('refuses %s', (_, changes) => {
    expect(() => wechatpayMerchant(withSettings(changes))).toThrow(ChannelError)
  })

  test('names every wrong setting and shows none of their values', () => {
    const account = withSettings({ api_v3_key: 'my secret', merchant_private_key: 'my key' })
    const thrown = catchError(() => wechatpayMerchant(account))
    expect(thrown).toMatchObject({
      code: 'channel_account_invalid',
      options: {
        errors: [
          expect.objectContaining({ pointer: '/settings/api_v3_key' }),
          expect.objectContaining({ pointer: '/settings/merchant_private_key' }),
        ],
      },
    })
    expect(JSON.stringify([String(thrown), thrown])).not.toMatch(/my secret|my key/)
  })
})

function catchError(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}
