import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ChannelError } from '../channel.errors.js'
import type { RawNotification } from '../channel.port.js'
import { AbcChannel } from './abc.channel.js'
import {
  type AbcFixture,
  MERCHANT_ID,
  makeAbcFixture,
  PAID_FIELDS,
  sealNotification,
  sealXml,
} from './abc-fixture.conformance.js'

const channel = new AbcChannel()
let fixture: AbcFixture
let stranger: AbcFixture
beforeAll(async () => {
  fixture = await makeAbcFixture()
  stranger = await makeAbcFixture()
})

const read = (raw: RawNotification) => channel.readNotification(fixture.account, raw)
const seal = (changes: Readonly<Record<string, string>> = {}) =>
  sealNotification(fixture.bankPrivateKey, { ...PAID_FIELDS, ...changes })
const refusalOf = (raw: RawNotification): unknown => {
  try {
    return read(raw)
  } catch (error) {
    return error instanceof ChannelError ? error.code : error
  }
}

describe('readNotification', () => {
  test('reads a payment', () => {
    expect(read(seal())).toEqual({
      kind: 'order',
      order_no: PAID_FIELDS.OrderNo,
      state: {
        kind: 'paid',
        order_no: PAID_FIELDS.OrderNo,
        merchant_id: MERCHANT_ID,
        transaction_no: PAID_FIELDS.iRspRef,
        amount: { minor: 12345n, currency: 'CNY' },
        paid_at: new Date('2026-12-01T02:34:56Z'),
      },
    })
  })

  test('reads values with escapes, and fields it does not know', () => {
    const raw = seal({ MerchantRemarks: '&lt;学费&gt; &amp; 亅', Tomorrow: '' })
    expect(read(raw)).toMatchObject({ state: { kind: 'paid' } })
  })

  test('takes another amount as it stands: the books compare', () => {
    expect(read(seal({ Amount: '0.01' }))).toMatchObject({ state: { amount: { minor: 1n } } })
  })

  test('carries a failure as unknown, with the order it is about', () => {
    expect(read(seal({ ReturnCode: '502213' }))).toMatchObject({
      order_no: PAID_FIELDS.OrderNo,
      state: { kind: 'unknown' },
    })
  })

  test('follows nothing about no order', () => {
    expect(refusalOf(seal({ OrderNo: '' }))).toBe('notification_unsupported')
  })

  test.each([
    ['of another merchant', { MerchantID: '103881636900017' }],
    ['without the bank’s number', { iRspRef: '' }],
  ])('refuses one %s', (_, changes) => {
    expect(refusalOf(seal(changes))).toBe('notification_invalid')
  })

  test.each([
    ['with no amount', { Amount: '' }],
    ['at no time', { HostTime: '99:00:00' }],
  ])('reads one %s as unknown', (_, changes) => {
    expect(read(seal(changes))).toMatchObject({ state: { kind: 'unknown' } })
  })

  test('refuses what another key signed', () => {
    const raw = sealNotification(stranger.bankPrivateKey, PAID_FIELDS)
    expect(refusalOf(raw)).toBe('notification_invalid')
  })

  test('refuses an unsigned copy', () => {
    const xml = Buffer.from(new URLSearchParams(seal().body.toString()).get('MSG') ?? '', 'base64')
    const bare = xml.toString('latin1').replace(/<Signature>.*<\/Signature>/, '')
    const MSG = Buffer.from(bare, 'latin1').toString('base64')
    const body = Buffer.from(new URLSearchParams({ MSG }).toString())
    expect(refusalOf({ ...seal(), body })).toBe('notification_invalid')
  })

  test('refuses a body of another type, also as JSON', () => {
    for (const type of ['application/json', 'text/plain', '']) {
      const raw = { ...seal(), headers: { 'content-type': type } }
      expect(refusalOf(raw)).toBe('notification_invalid')
    }
    expect(refusalOf({ ...seal(), headers: {} })).toBe('notification_invalid')
    const body = Buffer.from('{"MSG":{"Message":{}}}')
    expect(refusalOf({ ...seal(), body })).toBe('notification_invalid')
  })

  test('takes a form that names its charset', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=GB18030' }
    expect(read({ ...seal(), headers })).toMatchObject({ kind: 'order' })
  })

  test.each([
    ['cut', (body: string) => body.slice(0, -3)],
    ['lengthened', (body: string) => `${body}&MSG=x`],
    ['with another field before it', (body: string) => `a=b&${body}`],
    ['with spaces for the plus signs', (body: string) => body.replaceAll('%2B', '+')],
    ['with bytes that are no text', (body: string) => `${body}%ff`],
    ['empty', () => ''],
  ])('refuses a form that was %s', (_, change) => {
    const whole = seal({ ErrorMessage: '学费'.repeat(40) }).body.toString()
    const body = Buffer.from(change(whole))
    if (body.toString() === whole) return
    expect(refusalOf({ ...seal(), body })).toBe('notification_invalid')
  })

  test.each([
    ['a field that stands twice', '<TrxResponse><A>1</A><A>2</A></TrxResponse>'],
    ['attributes', '<TrxResponse><A b="c">1</A></TrxResponse>'],
    ['text between the fields', '<TrxResponse><A>1</A> <B>2</B></TrxResponse>'],
    ['a field that does not end', '<TrxResponse><A>1</B></TrxResponse>'],
    ['fields inside of fields', '<TrxResponse><A><B>1</B></A></TrxResponse>'],
    ['something else', '<Other></Other>'],
    ['nothing', ''],
  ])('refuses %s, even signed', (_, text) => {
    expect(refusalOf(sealXml(fixture.bankPrivateKey, text))).toBe('notification_invalid')
  })
})

describe('whatever is posted', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }

  test('is refused, as a form or not, and breaks nothing', () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array))
    const form = bytes.map((content) =>
      Buffer.from(new URLSearchParams({ MSG: content.toString('base64') }).toString()),
    )
    fc.assert(
      fc.property(fc.oneof(bytes, form), (body) => {
        expect(refusalOf({ headers, body })).toBe('notification_invalid')
      }),
    )
  })

  test('is refused when it is signed by the bank and says something else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(refusalOf(sealXml(fixture.bankPrivateKey, text))).toBe('notification_invalid')
      }),
      { numRuns: 30 },
    )
  })
})

describe('the answer to a notification', () => {
  test('is a page, since a payer’s browser may be the one who reads it', () => {
    const answer = channel.acceptNotification()
    expect(answer).toMatchObject({ status: 200, content_type: 'text/html; charset=utf-8' })
    expect(answer.body).toMatch(/^<!doctype html>/)
  })

  test('that refuses carries no markup of others', () => {
    const answer = channel.refuseNotification('<script>alert(1)</script>')
    expect(answer.status).toBe(400)
    expect(answer.body).not.toContain('<script')
  })
})
