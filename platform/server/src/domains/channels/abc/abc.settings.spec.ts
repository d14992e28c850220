import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { makeSelfSigned } from '../../sandbox/accounts/self-signed.certificate.js'
import { abcMerchant, NewAbcSettings } from './abc.settings.js'
import { type AbcFixture, makeAbcFixture } from './abc-fixture.conformance.js'

let fixture: AbcFixture
beforeAll(async () => {
  fixture = await makeAbcFixture()
})

const faultsOf = (changes: Record<string, unknown>): string[] => {
  const parsed = NewAbcSettings.safeParse({ ...fixture.settings, ...changes })
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'))
}

describe('AbcSettings', () => {
  test('take what an institution has, and tuition as what is sold', () => {
    expect(faultsOf({})).toEqual([])
    expect(abcMerchant(fixture.account)).toMatchObject({ commodity_type: '0410', isLoopback: true })
    expect(faultsOf({ base_url: 'https://pay.abchina.com', commodity_type: '0408' })).toEqual([])
  })

  test.each([
    ['base_url', 'http://pay.abchina.com'],
    ['base_url', 'https://pay.abchina.com?x=1'],
    ['base_url', 'pay.abchina.com'],
    ['merchant_certificate', 'no certificate'],
    ['merchant_private_key', 'no key'],
    ['bank_certificate', ''],
    ['commodity_type', '41'],
  ])('refuse %s %j by name', (field, value) => {
    expect(faultsOf({ [field]: value })).toEqual([field])
  })

  test('refuse unknown settings', () => {
    expect(faultsOf({ password: 'x' })).toHaveLength(1)
  })

  test('refuse a private key that belongs to another certificate', async () => {
    const other = await makeSelfSigned('other')
    expect(faultsOf({ merchant_private_key: other.private_key_pem })).toEqual([
      'merchant_private_key',
    ])
  })

  test('refuse a key that is too short', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(faultsOf({ merchant_private_key: pem })).toContain('merchant_private_key')
  })

  test('refuse an expired certificate when it is entered, and go on reading with it', async () => {
    const expired = await makeSelfSigned('old', new Date('2020-01-01'), new Date('2023-08-11'))
    const changes = { bank_certificate: expired.certificate_pem }
    expect(faultsOf(changes)).toEqual(['bank_certificate'])
    const account = { ...fixture.account, settings: { ...fixture.settings, ...changes } }
    expect(abcMerchant(account).bankKey.type).toBe('public')
  })

  test('that fit no schema are a clear error which repeats no secret', () => {
    const account = { ...fixture.account, settings: { merchant_private_key: 'SECRET' } }
    expect(() => abcMerchant(account)).toThrow(/merchant_private_key/)
    expect(() => abcMerchant(account)).not.toThrow(/SECRET/)
  })
})
