import { describe, expect, test } from '@jest/globals'
import { money } from '../../../kernel/money.js'
import type { ChannelOrder, ChannelRefund } from '../channel.port.js'
import type { UnionpayReply } from './unionpay.client.js'
import {
  mapCheck,
  mapClosing,
  mapOrderQuery,
  mapRefunding,
  mapRefundQuery,
  mapRepeatedRefund,
  toPayment,
  toRefund,
} from './unionpay.mapper.js'
import { NOW, PAID, REFUNDED } from './unionpay-fixture.conformance.js'

const ORDER: ChannelOrder = {
  order_no: PAID.orderId,
  method: 'page',
  amount: money(12_345n, 'CNY'),
  placed_at: new Date('2026-12-01T02:30:00.999Z'),
  description: '2026 学年学费',
  expires_at: new Date('2026-12-01T03:00:00Z'),
  notify_url: 'https://pay.example.edu/n',
  return_url: 'https://pay.example.edu/r',
  payer: { ip: '203.0.113.7', channel_user_id: null },
}
const REFUND: ChannelRefund = {
  refund_no: REFUNDED.orderId,
  order: { ...ORDER, transaction_no: PAID.queryId },
  amount: money(345n, 'CNY'),
  requested_at: ORDER.placed_at,
  reason: '重复缴费',
  notify_url: 'https://pay.example.edu/rn',
}
const unknown = { kind: 'unknown', reason: expect.stringMatching(/./) }
const AFTER = new Date('2026-12-01T03:00:31Z')

const answer = (...parts: readonly Record<string, string>[]): UnionpayReply => ({
  kind: 'believed',
  fields: Object.assign({}, ...parts),
})
const query = (origRespCode: string, changes: Record<string, string> = {}) =>
  answer(PAID, { txnType: '00', origRespCode, origRespMsg: '原因' }, changes)
const doubtful: UnionpayReply = { kind: 'doubtful', reason: 'HTTP 502' }

describe('the form of an order', () => {
  test('says everything as UnionPay reads it', () => {
    expect(toPayment(ORDER)).toEqual({
      ...{ txnType: '01', txnSubType: '01', bizType: '000201', channelType: '07' },
      ...{ orderId: PAID.orderId, txnTime: '20261201103000' },
      ...{ txnAmt: '12345', currencyCode: '156', orderDesc: '2026 学年学费' },
      ...{ payTimeout: '20261201110000', reqReserved: 'T20261201110000' },
      ...{ frontUrl: ORDER.return_url, backUrl: ORDER.notify_url, customerIp: '203.0.113.7' },
    })
    expect(toPayment({ ...ORDER, method: 'h5' }).channelType).toBe('08')
  })

  test.each([
    ['a&b=c<d>"e{f}', 'a b c d  e f'],
    ['学'.repeat(40), '学'.repeat(10)],
    ['😀'.repeat(40), '😀'.repeat(8)],
    ['\u0000\n x', 'x'],
    ['&&&', ''],
  ])('describes %j as %j', (description, orderDesc) => {
    expect(toPayment({ ...ORDER, description }).orderDesc).toBe(orderDesc)
  })

  test.each([null, '2001:db8::1', 'unknown'])('leaves out the address %j', (ip) => {
    expect(toPayment({ ...ORDER, payer: { ip, channel_user_id: null } }).customerIp).toBe('')
  })
})

describe('a queried order', () => {
  test.each(['00', 'A6'])('with %s is paid', (code) => {
    expect(mapOrderQuery(query(code), NOW)).toEqual({
      kind: 'paid',
      order_no: PAID.orderId,
      merchant_id: PAID.merId,
      transaction_no: PAID.queryId,
      amount: money(12_345n, 'CNY'),
      paid_at: new Date('2026-12-01T02:31:12Z'),
    })
  })

  test.each(['queryId', 'traceTime', 'txnAmt'])('paid without %s is unknown', (name) => {
    const { [name]: _, ...fields } = Object(query('00')).fields
    expect(mapOrderQuery(answer(fields), NOW)).toEqual(unknown)
  })

  test('paid in another currency is unknown', () => {
    expect(mapOrderQuery(query('00', { currencyCode: '840' }), NOW)).toEqual(unknown)
  })

  test.each(['03', '04', '05'])('with %s waits, until its time is over', (code) => {
    expect(mapOrderQuery(query(code), NOW)).toEqual({ kind: 'waiting' })
    expect(mapOrderQuery(query(code), new Date('2026-12-01T03:00:30Z'))).toEqual({
      kind: 'waiting',
    })
    expect(mapOrderQuery(query(code), AFTER)).toEqual({ kind: 'closed' })
    expect(mapOrderQuery(query(code, { reqReserved: 'x' }), AFTER)).toEqual({ kind: 'waiting' })
  })

  test.each([
    ['01', 'transaction_failed'],
    ['64', 'balance_insufficient'],
    ['83', 'payment_failed'],
  ])('with %s has failed', (origRespCode, code) => {
    const state = { kind: 'failed', code, message: '原因' }
    expect(mapOrderQuery(query(origRespCode), NOW)).toEqual(state)
  })

  test.each(['42', '02', '06', '98', '99', 'ZZ', '0', ' 00'])('with %j is unknown', (code) => {
    expect(mapOrderQuery(query(code), NOW)).toEqual(unknown)
    expect(mapOrderQuery(query(code), AFTER)).toEqual(unknown)
  })

  test('that is not there is not found; a query that failed says nothing', () => {
    expect(mapOrderQuery(answer(PAID, { respCode: '34' }), NOW)).toEqual({ kind: 'not_found' })
    for (const respCode of ['01', '10', '11', '12', '03', '37', '99']) {
      expect(mapOrderQuery(query('00', { respCode }), NOW)).toEqual(unknown)
    }
    expect(mapOrderQuery(answer(PAID), NOW)).toEqual(unknown)
    expect(mapOrderQuery(doubtful, NOW)).toEqual(unknown)
  })
})

describe('closing', () => {
  test.each([
    ['00', NOW, 'already_paid'],
    ['05', NOW, 'unknown'],
    ['05', AFTER, 'closed'],
    ['01', NOW, 'unknown'],
    ['01', AFTER, 'closed'],
    ['42', AFTER, 'unknown'],
  ] as const)('with %s at %p is %s', (code, now, kind) => {
    expect(mapClosing(query(code), now).kind).toBe(kind)
  })

  test('says what it does not know', () => {
    expect(mapClosing(answer(PAID, { respCode: '34' }), AFTER)).toEqual({ kind: 'not_found' })
    expect(mapClosing(doubtful, AFTER)).toEqual(unknown)
  })
})

describe('a refund', () => {
  const refundQuery = (origRespCode: string, changes: Record<string, string> = {}) =>
    answer(REFUNDED, { origRespCode, origRespMsg: '原因' }, changes)

  test('is asked for with the number of the payment', () => {
    expect(toRefund(REFUND)).toEqual({
      ...{ txnType: '04', txnSubType: '00', bizType: '000201', channelType: '07' },
      ...{ orderId: REFUNDED.orderId, txnTime: '20261201103000', origQryId: PAID.queryId },
      ...{ txnAmt: '345', backUrl: REFUND.notify_url, reqReserved: `R${PAID.orderId}` },
    })
  })

  test.each([
    ['00', { kind: 'answered', state: { kind: 'processing' } }],
    ['04', { kind: 'answered', state: unknown }],
    ['06', { kind: 'answered', state: unknown }],
    ['99', { kind: 'answered', state: unknown }],
    ['12', { kind: 'ask', whenNotFound: unknown }],
    [
      '11',
      { kind: 'ask', whenNotFound: { kind: 'failed', code: 'signature_invalid', message: 'm' } },
    ],
    [
      '36',
      { kind: 'ask', whenNotFound: { kind: 'failed', code: 'original_mismatch', message: 'm' } },
    ],
  ])('answered with %s', (respCode, expected) => {
    expect(mapRefunding(answer(REFUNDED, { respCode, respMsg: 'm' }))).toEqual(expected)
    expect(mapRefunding(doubtful)).toEqual({ kind: 'answered', state: unknown })
  })

  test('that was there already is the one that was asked for, or unknown', () => {
    const failed = { kind: 'failed', code: 'original_mismatch', message: 'm' } as const
    const ask = (reply: UnionpayReply) => mapRepeatedRefund(reply, REFUND, failed)
    expect(ask(answer(REFUNDED, { respCode: '34' }))).toEqual(failed)
    expect(ask(refundQuery('00'))).toMatchObject({ kind: 'succeeded' })
    expect(ask(refundQuery('05'))).toEqual({ kind: 'processing' })
    expect(ask(refundQuery('00', { txnAmt: '346' }))).toEqual(unknown)
    expect(ask(refundQuery('05', { txnAmt: '346' }))).toEqual(unknown)
    expect(ask(doubtful)).toEqual(unknown)
  })

  test('that succeeded says what was given back', () => {
    expect(mapRefundQuery(refundQuery('00'), REFUND)).toEqual({
      kind: 'succeeded',
      refund_no: REFUNDED.orderId,
      order_no: PAID.orderId,
      amount: money(345n, 'CNY'),
      succeeded_at: new Date('2026-12-01T02:31:12Z'),
    })
  })

  test.each([
    ['03', { kind: 'processing' }],
    ['01', { kind: 'failed', code: 'transaction_failed', message: '原因' }],
    ['42', unknown],
    ['ZZ', unknown],
  ])('with %s', (code, state) => {
    expect(mapRefundQuery(refundQuery(code), REFUND)).toEqual(state)
  })

  test('of another payment or order is unknown', () => {
    expect(mapRefundQuery(refundQuery('00', { origQryId: '1' }), REFUND)).toEqual(unknown)
    expect(mapRefundQuery(refundQuery('00', { reqReserved: 'ROTHER' }), REFUND)).toEqual(unknown)
    expect(mapRefundQuery(refundQuery('00', { reqReserved: '' }), REFUND)).toEqual(unknown)
  })
})

describe('an account', () => {
  test('works when UnionPay knows no such order, and is refused with advice', () => {
    expect(mapCheck(answer(PAID, { respCode: '34' }))).toEqual({ kind: 'works' })
    const check = mapCheck(answer(PAID, { respCode: '31', respMsg: '商户状态不正确' }))
    expect(check).toMatchObject({ kind: 'refused', code: 'merchant_state_invalid' })
    expect(mapCheck(answer(PAID))).toEqual(unknown)
    expect(mapCheck(doubtful)).toEqual(unknown)
  })
})
