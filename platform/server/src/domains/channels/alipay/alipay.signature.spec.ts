import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { alipayMerchant } from './alipay.settings.js'
import { openAnswer, openNotification } from './alipay.signature.js'
import {
  makeAlipayFixture,
  PAID_NOTICE,
  signedAnswer,
  signedNotification,
} from './alipay-fixture.conformance.js'

const fixture = makeAlipayFixture()
const merchant = alipayMerchant(fixture.account)
const METHOD = 'alipay.trade.query'
const KEY = 'alipay_trade_query_response'
const content = { code: '10000', out_trade_no: 'ORDER1', subject: '学费 "a/b" }{' }
const genuine = signedAnswer(fixture.alipayPrivateKey, METHOD, content)
const open = (text: string) => openAnswer(text, KEY, merchant)

describe('openAnswer', () => {
  test('reads what Alipay signed', () => {
    expect(open(genuine)).toEqual({ kind: 'opened', content })
    expect(open(`\n ${genuine} \n`)).toEqual({ kind: 'opened', content })
  })

  test('refuses any changed character of the content or the signature', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0x20, max: 0x7e }), (index, code) => {
        const at = index % genuine.length
        const altered = genuine.slice(0, at) + String.fromCharCode(code) + genuine.slice(at + 1)
        // A blank for a blank between the members changes nothing that is said.
        fc.pre(altered !== genuine)
        expect(open(altered).kind).toBe('doubtful')
      }),
    )
  })

  const signed = genuine.slice(genuine.indexOf(':') + 1, genuine.lastIndexOf(',"sign"'))
  const signature = genuine.slice(genuine.lastIndexOf(',"sign"'))
  const forged = '{"code":"10000","trade_status":"TRADE_SUCCESS"}'
  test.each([
    ['an unsigned answer', `{"${KEY}":${forged}}`],
    ['the answer to another call', `{"alipay_trade_close_response":${signed}${signature}`],
    ['the key twice', `{"${KEY}":${forged},"${KEY}":${signed}${signature}`],
    ['the key twice, the signed one first', `{"${KEY}":${signed},"${KEY}":${forged}${signature}`],
    [
      'an error beside somebody’s signed answer',
      `{"error_response":${forged},"x_${KEY}":${signed}${signature}`,
    ],
    [
      'an escaped key',
      `{"${KEY.replace('_', '\\u005f')}":${forged},"x${KEY}":${signed}${signature}`,
    ],
    ['more behind the signature', `${genuine.slice(0, -1)},"${KEY}":${forged}}`],
    ['a page', '<html>Sign in to Wi-Fi</html>'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(open(text).kind).toBe('doubtful')
  })

  test('refuses the signature of somebody else', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    expect(open(signedAnswer(privateKey, METHOD, content))).toMatchObject({
      kind: 'doubtful',
      reason: expect.stringMatching(/alipay_public_key/),
    })
  })

  test('tells what an unsigned refusal says, and believes none of it', () => {
    const text = '{"error_response":{"code":"40002","sub_code":"isv.invalid-app-id"}}'
    expect(open(text)).toMatchObject({
      kind: 'doubtful',
      reason: expect.stringMatching(/unsigned.*isv\.invalid-app-id/),
    })
  })
})

describe('openNotification', () => {
  const raw = signedNotification(fixture.alipayPrivateKey, PAID_NOTICE)
  const fault = (body: string | Buffer) => {
    const opened = openNotification(Buffer.from(body), merchant)
    return opened.kind === 'refused' ? opened.fault : null
  }
  const changed = (change: (form: URLSearchParams) => void) => {
    const form = new URLSearchParams(raw.body.toString())
    change(form)
    return form.toString()
  }

  test('reads every field that Alipay signed', () => {
    expect(openNotification(raw.body, merchant)).toEqual({ kind: 'opened', fields: PAID_NOTICE })
  })

  test('takes empty fields into the text that is signed', () => {
    const notice = signedNotification(fixture.alipayPrivateKey, { ...PAID_NOTICE, body: '' })
    expect(openNotification(notice.body, merchant).kind).toBe('opened')
  })

  test('refuses any flipped low bit', () => {
    fc.assert(
      fc.property(fc.nat(raw.body.length - 1), (at) => {
        const altered = Buffer.from(raw.body)
        altered.writeUInt8(altered.readUInt8(at) ^ 1, at)
        expect(openNotification(altered, merchant).kind).toBe('refused')
      }),
    )
  })

  test('refuses a weaker algorithm, although a signature by it would fit', () => {
    const text = Object.keys(PAID_NOTICE)
      .sort()
      .map((name) => `${name}=${Reflect.get(PAID_NOTICE, name)}`)
      .join('&')
    const weak = sign('sha1', Buffer.from(text), fixture.alipayPrivateKey).toString('base64')
    const body = changed((form) => {
      form.set('sign_type', 'RSA')
      form.set('sign', weak)
    })
    expect(fault(body)).toMatch(/sign_type/)
  })

  test.each<[string, string | Buffer]>([
    ['no signature', changed((form) => form.delete('sign'))],
    ['no sign_type', changed((form) => form.delete('sign_type'))],
    ['a field too many', changed((form) => form.set('extra', '1'))],
    ['a field too few', changed((form) => form.delete('subject'))],
    ['a field twice', `${raw.body}&total_amount=0.01`],
    ['a broken escape', `${raw.body}&x=%E5%A`],
    ['escapes that are not UTF-8', `${raw.body}&x=%FF`],
    ['bytes that are not UTF-8', Buffer.concat([raw.body, Buffer.from([0xff])])],
    ['a name without a value', `${raw.body}&x`],
    [
      'a second spelling of the signature',
      changed((form) => form.set('sign', `${form.get('sign')} `)),
    ],
    ['no body', ''],
  ])('refuses %s', (_, body) => {
    expect(fault(body)).not.toBeNull()
  })
})
