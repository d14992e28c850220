import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { makeSelfSigned } from '../../sandbox/accounts/self-signed.certificate.js'
import { UnionpaySettings, unionpayMerchant } from './unionpay.settings.js'
import { issue, makeUnionpayFixture, type UnionpayFixture } from './unionpay-fixture.conformance.js'

let fixture: UnionpayFixture

beforeAll(async () => {
  fixture = await makeUnionpayFixture('https://gateway.95516.com/')
})

const faults = (changes: Record<string, unknown>) => {
  const parsed = UnionpaySettings.safeParse({ ...fixture.settings, ...changes })
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'))
}

describe('settings of a UnionPay account', () => {
  test('are taken when everything fits together', () => {
    expect(faults({})).toEqual([])
    expect(faults({ front_url: 'https://pay.example.edu/sandbox' })).toEqual([])
  })

  test('believe production’s certificates unless they say otherwise', () => {
    const { signer_name: _, ...rest } = fixture.settings
    expect(UnionpaySettings.parse(rest).signer_name).toBe('中国银联股份有限公司')
  })

  test.each([
    ['base_url', 'http://gateway.95516.com'],
    ['base_url', 'https://u:p@gateway.95516.com'],
    ['file_url', 'https://filedownload.95516.com/?a=1'],
    ['front_url', 'javascript:alert(1)'],
    ['merchant_private_key', 'none'],
    ['merchant_certificate', ''],
    ['root_certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['middle_certificate', 'x'.repeat(20_000)],
    ['signer_name', 'Somebody'],
  ])('refuse a %s such as %.40j', (name, value) => {
    expect(faults({ [name]: value })).toContain(name)
  })

  test('refuse a key they do not know', () => {
    expect(faults({ notify_url: 'https://x' })).toEqual([''])
  })

  test('refuse a short key', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const merchant_private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(faults({ merchant_private_key })).toEqual(['merchant_private_key'])
  })

  test('refuse a certificate of another key, and a middle certificate of another root', async () => {
    const other = await makeSelfSigned('other', new Date(Date.now() - 1_000))
    expect(faults({ merchant_private_key: other.private_key_pem })).toEqual([
      'merchant_certificate',
    ])
    const root = await issue({ subject: 'root', isAuthority: true })
    expect(faults({ root_certificate: root.pem })).toEqual(['middle_certificate'])
  })

  test('refuse an expired certificate when they are saved, and are read with it afterwards', async () => {
    const [from, to] = [new Date('2020-01-01'), new Date('2021-01-01')]
    const expired = await makeSelfSigned('expired', from, to)
    const changes = {
      merchant_certificate: expired.certificate_pem,
      merchant_private_key: expired.private_key_pem,
    }
    expect(faults(changes)).toEqual(['merchant_certificate'])
    const settings = { ...fixture.settings, ...changes }
    expect(unionpayMerchant({ ...fixture.account, settings }).certId).toMatch(/^\d+$/)
  })

  test('become addresses without a slash at their end', () => {
    expect(unionpayMerchant(fixture.account)).toMatchObject({
      baseUrl: 'https://gateway.95516.com',
      frontUrl: 'https://gateway.95516.com',
    })
  })

  test('that fit no schema are named without their values', () => {
    const settings = { ...fixture.settings, merchant_private_key: 'SECRET' }
    const broken = () => unionpayMerchant({ ...fixture.account, settings })
    expect(broken).toThrow(expect.objectContaining({ code: 'channel_account_invalid' }))
    expect(broken).not.toThrow(/SECRET/)
  })
})
