import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { ChannelError } from '../channel.errors.js'
import { alipayMerchant } from './alipay.settings.js'
import { makeAlipayFixture } from './alipay-fixture.conformance.js'

const fixture = makeAlipayFixture()
const withSettings = (changes: object) => ({
  ...fixture.account,
  settings: { ...fixture.settings, ...changes },
})
const privatePem = (bits: number) =>
  generateKeyPairSync('rsa', { modulusLength: bits })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
const base64 = (key: Buffer) => key.toString('base64')

describe('alipayMerchant', () => {
  test('makes an SDK of an account once', () => {
    const merchant = alipayMerchant(fixture.account)
    expect(merchant).toMatchObject({ merchant_id: '2088102146225135', app_id: '9021000122671080' })
    expect(alipayMerchant(fixture.account)).toBe(merchant)
  })

  test('knows the gateway below the base URL, with or without a slash', () => {
    const gateway = (base_url: string) => alipayMerchant(withSettings({ base_url })).gateway
    expect(gateway('https://openapi.alipay.com')).toBe('https://openapi.alipay.com/gateway.do')
    expect(gateway('https://openapi.alipay.com/')).toBe('https://openapi.alipay.com/gateway.do')
  })

  test.each(['pkcs8', 'pkcs1'] as const)(
    'takes keys as Alipay’s key tool writes them, bare base64 of %s',
    (type) => {
      const key = createPrivateKey(fixture.settings.app_private_key ?? '')
      const publicKey = createPublicKey(fixture.settings.alipay_public_key ?? '')
      const account = withSettings({
        app_private_key: base64(key.export({ type, format: 'der' })),
        alipay_public_key: base64(publicKey.export({ type: 'spki', format: 'der' })),
      })
      const { sdk, alipayKey } = alipayMerchant(account)
      expect(createPrivateKey(sdk.config.privateKey).equals(key)).toBe(true)
      expect(alipayKey.equals(publicKey)).toBe(true)
    },
  )

  test.each([
    ['a plain http host', { base_url: 'http://openapi.alipay.com' }],
    ['the whole address of the gateway', { base_url: 'https://openapi.alipay.com/gateway.do' }],
    ['no URL', { base_url: 'alipay' }],
    ['an app id with a blank', { app_id: '9021 0001' }],
    ['a private key of 1024 bits', { app_private_key: privatePem(1024) }],
    ['a private key that is none', { app_private_key: 'key' }],
    ['a private key as Alipay’s key', { alipay_public_key: privatePem(2048) }],
    ['a setting too many', { colour: 'blue' }],
    ['a setting too few', { app_id: undefined }],
  ])('refuses %s', (_, changes) => {
    expect(() => alipayMerchant(withSettings(changes))).toThrow(ChannelError)
  })

  test('names every wrong setting and shows none of their values', () => {
    const account = withSettings({ app_private_key: 'my key', alipay_public_key: 'my secret' })
    let thrown: unknown
    try {
      alipayMerchant(account)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({
      code: 'channel_account_invalid',
      options: {
        errors: [
          expect.objectContaining({ pointer: '/settings/app_private_key' }),
          expect.objectContaining({ pointer: '/settings/alipay_public_key' }),
        ],
      },
    })
    expect(JSON.stringify([String(thrown), thrown])).not.toMatch(/my secret|my key/)
  })
})
