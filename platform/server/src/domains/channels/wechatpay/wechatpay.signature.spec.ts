import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { wechatpayMerchant } from './wechatpay.settings.js'
import { authorize, findSignatureFault, openResource } from './wechatpay.signature.js'
import {
  FIXTURE_KEY_ID,
  makeWechatpayFixture,
  signAsPlatform,
} from './wechatpay-fixture.conformance.js'

const NOW = new Date('2026-12-01T02:00:00Z')
const fixture = makeWechatpayFixture()
const merchant = wechatpayMerchant(fixture.account)
const key = {
  platform_key_id: FIXTURE_KEY_ID,
  platformKey: createPublicKey(fixture.platformPrivateKey),
}

const minutesLater = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)

describe('authorize', () => {
  test('signs five lines, each ended by a line feed', async () => {
    const request = {
      method: 'POST',
      target: '/wechatpay/v3/pay/transactions/native?a=1',
      body: '{"名":"值"}',
      timestampSeconds: 1554208460,
      nonce: '593BEC0C930BF1AFEB40B4A08C8FB242',
    }
    const header = await authorize(request, merchant)
    const match =
      /^WECHATPAY2-SHA256-RSA2048 mchid="(.+)",nonce_str="(.+)",timestamp="(\d+)",serial_no="(.+)",signature="(.+)"$/.exec(
        header,
      )
    expect(match?.slice(1, 5)).toEqual([
      '1900007291',
      '593BEC0C930BF1AFEB40B4A08C8FB242',
      '1554208460',
      '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
    ])
    const text =
      'POST\n/wechatpay/v3/pay/transactions/native?a=1\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n{"名":"值"}\n'
    const signature = Buffer.from(match?.[5] ?? '', 'base64')
    expect(verify('sha256', Buffer.from(text), fixture.merchantPublicKey, signature)).toBe(true)
  })

  test('signs an empty last line when there is no body', async () => {
    const header = await authorize(
      { method: 'GET', target: '/v3/x?mchid=1', body: '', timestampSeconds: 1, nonce: 'n' },
      merchant,
    )
    const signature = Buffer.from(/signature="(.+)"/.exec(header)?.[1] ?? '', 'base64')
    const text = Buffer.from('GET\n/v3/x?mchid=1\n1\nn\n\n')
    expect(verify('sha256', text, fixture.merchantPublicKey, signature)).toBe(true)
  })
})

describe('findSignatureFault', () => {
  const body = '{"code_url":"weixin://wxpay/bizpayurl?pr=JyC91EIz1"}'
  const headers = signAsPlatform(fixture.platformPrivateKey, body, NOW)
  const fault = (changes: Record<string, string | undefined>, at = NOW) =>
    findSignatureFault({ ...headers, ...changes }, Buffer.from(body), key, at)

  test('finds none in what WeChat signed', () => {
    expect(fault({})).toBeNull()
  })

  test('accepts an empty body, as of a 204', () => {
    const signed = signAsPlatform(fixture.platformPrivateKey, '', NOW)
    expect(findSignatureFault(signed, Buffer.alloc(0), key, NOW)).toBeNull()
  })

  test.each(['wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-signature'])(
    'refuses a message without %s',
    (name) => {
      expect(fault({ [name]: undefined })).toBe('it is not signed')
    },
  )

  test('refuses a message that names no key, or another one', () => {
    expect(fault({ 'wechatpay-serial': undefined })).toBe('it is signed with another key')
    expect(fault({ 'wechatpay-serial': 'PUB_KEY_ID_1' })).toBe('it is signed with another key')
  })

  test('refuses a probe', () => {
    const probe = `WECHATPAY/SIGNTEST/${headers['wechatpay-signature']}`
    expect(fault({ 'wechatpay-signature': probe })).toBe('its signature is a probe')
  })

  test('refuses another signature type', () => {
    expect(fault({ 'wechatpay-signature-type': 'WECHATPAY2-SM2-WITH-SM3' })).toMatch(/type/)
  })

  test.each([-5, 5])('accepts a message signed %i minutes away', (minutes) => {
    expect(fault({}, minutesLater(minutes))).toBeNull()
  })

  test.each([-5.02, 5.02])('refuses a message signed %f minutes away', (minutes) => {
    expect(fault({}, minutesLater(minutes))).toMatch(/five minutes/)
  })

  test.each(['', ' 1', '1e9', '-1', '0x10', 'NaN'])('refuses the timestamp %j', (timestamp) => {
    expect(fault({ 'wechatpay-timestamp': timestamp })).not.toBeNull()
  })

  test('refuses a second spelling of the same signature bytes', () => {
    const signature = headers['wechatpay-signature'] ?? ''
    expect(fault({ 'wechatpay-signature': `${signature}\n` })).toMatch(/base64/)
    expect(fault({ 'wechatpay-signature': signature.replace(/=+$/, '') })).toMatch(/base64/)
  })

  test('refuses any flipped bit of the body', () => {
    const position = fc.nat(body.length * 8 - 1)
    fc.assert(
      fc.property(position, (bit) => {
        const altered = Buffer.from(body)
        altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        expect(findSignatureFault(headers, altered, key, NOW)).not.toBeNull()
      }),
    )
  })

  test('refuses any changed character of any signature header', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(headers)),
        fc.nat(),
        fc.integer({ min: 0x21, max: 0x7e }),
        (name, index, code) => {
          const value = headers[name] ?? ''
          const at = index % value.length
          const altered = value.slice(0, at) + String.fromCharCode(code) + value.slice(at + 1)
          fc.pre(altered !== value)
          expect(fault({ [name]: altered })).not.toBeNull()
        },
      ),
    )
  })
})

describe('openResource', () => {
  // Made with Python's cryptography (AESGCM), so that two implementations agree.
  const apiKey = Buffer.from('0123456789abcdef0123456789abcdef')
  const resource = {
    ciphertext: 'DUcegK33A8MEOgdCtMPWwABoxFjyjFbSOOe9E2iHl0g46KQU/cI=',
    nonce: 'fdasflkja484',
    associated_data: 'transaction',
  }

  test('opens what AEAD_AES_256_GCM sealed, the tag at the end', () => {
    expect(openResource(resource, apiKey)?.toString()).toBe('{"mchid":"1900007291"}')
  })

  test.each([
    ['another key', resource, Buffer.alloc(32)],
    ['another nonce', { ...resource, nonce: 'fdasflkja485' }, apiKey],
    ['no nonce', { ...resource, nonce: '' }, apiKey],
    ['another associated data', { ...resource, associated_data: 'refund' }, apiKey],
    ['a ciphertext shorter than a tag', { ...resource, ciphertext: 'AAAA' }, apiKey],
    ['a ciphertext that is not base64', { ...resource, ciphertext: '支付' }, apiKey],
  ])('does not open with %s', (_, changed, otherKey) => {
    expect(openResource(changed, otherKey)).toBeNull()
  })
})
