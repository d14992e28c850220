import { describe, expect, test } from '@jest/globals'
import type { NextAction } from '../channel.port.js'
import type { WechatpayReply } from './wechatpay.client.js'
import {
  mapAccountCheck,
  mapClosing,
  mapOrderQuery,
  mapPlacing,
  mapRefund,
  mapRefunding,
  mapRefundQuery,
  mapTransaction,
} from './wechatpay.mapper.js'
import { NativePlacedMessage } from './wechatpay.wire.js'
import { DONE_REFUND, PAID_TRANSACTION } from './wechatpay-fixture.conformance.js'

const believed = (status: number, json: unknown): WechatpayReply => ({
  kind: 'believed',
  status,
  json,
})
const refusal = (status: number, code: string) => believed(status, { code, message: '说明' })
const doubtful: WechatpayReply = { kind: 'doubtful', reason: 'fetch failed' }

const toQr = (json: unknown): NextAction | null => {
  const placed = NativePlacedMessage.safeParse(json)
  return placed.success ? { type: 'show_qr', code_url: placed.data.code_url } : null
}

const ORDER_NO = PAID_TRANSACTION.out_trade_no
const REFUND_NO = DONE_REFUND.out_refund_no

/** Every word of the documents whose meaning is "surely not taken". */
const REFUSALS: readonly (readonly [number, string])[] = [
  [400, 'PARAM_ERROR'],
  [400, 'INVALID_REQUEST'],
  [400, 'APPID_MCHID_NOT_MATCH'],
  [400, 'MCH_NOT_EXISTS'],
  [400, 'ORDER_CLOSED'],
  [401, 'SIGN_ERROR'],
  [403, 'NO_AUTH'],
  [403, 'NOAUTH'],
  [403, 'NOT_ENOUGH'],
  [403, 'OUT_TRADE_NO_USED'],
  [403, 'RULE_LIMIT'],
  [403, 'TRADE_ERROR'],
  [403, 'ACCOUNT_ERROR'],
  [403, 'USER_ACCOUNT_ABNORMAL'],
  [403, 'REQUEST_BLOCKED'],
  [404, 'RESOURCE_NOT_EXISTS'],
]

/** Answers that leave open what happened. */
const DOUBTS: readonly (readonly [number, string])[] = [
  [400, 'A_WORD_OF_TOMORROW'],
  [403, 'BIZERR_NEED_RETRY'],
  [429, 'FREQUENCY_LIMITED'],
  [429, 'PARAM_ERROR'],
  [500, 'SYSTEM_ERROR'],
  [500, 'BANK_ERROR'],
  [500, 'PARAM_ERROR'],
  [502, 'INVALID_REQUEST'],
  [202, 'USERPAYING'],
  [302, 'PARAM_ERROR'],
]

describe('placing', () => {
  test('carries the code to scan', () => {
    const reply = believed(200, { code_url: 'weixin://wxpay/bizpayurl?pr=1', more: 1 })
    expect(mapPlacing(reply, toQr)).toEqual({
      kind: 'placed',
      next_action: { type: 'show_qr', code_url: 'weixin://wxpay/bizpayurl?pr=1' },
    })
  })

  test.each([{}, { code_url: '' }, { code_url: 7 }, null, [], 'text'])(
    'does not know what %j means',
    (json) => {
      expect(mapPlacing(believed(200, json), toQr).kind).toBe('unknown')
    },
  )

  test.each(['ORDERPAID', 'ORDER_PAID'])('hears from %s that it was paid', (word) => {
    expect(mapPlacing(refusal(400, word), toQr)).toEqual({ kind: 'already_paid' })
  })

  test.each(REFUSALS)('is refused by %i %s', (status, word) => {
    expect(mapPlacing(refusal(status, word), toQr)).toEqual({
      kind: 'refused',
      code: word.toLowerCase(),
      message: '说明',
    })
  })

  test.each(DOUBTS)('stays open after %i %s', (status, word) => {
    expect(mapPlacing(refusal(status, word), toQr).kind).toBe('unknown')
  })

  test('stays open after an error without a word, and when nobody answered', () => {
    expect(mapPlacing(believed(400, {}), toQr).kind).toBe('unknown')
    expect(mapPlacing(doubtful, toQr)).toEqual({ kind: 'unknown', reason: 'fetch failed' })
  })
})

describe('order query', () => {
  const query = (changes: object) =>
    mapOrderQuery(believed(200, { ...PAID_TRANSACTION, ...changes }), ORDER_NO)

  test.each(['SUCCESS', 'REFUND'])('reads %s as paid, every field exact', (trade_state) => {
    expect(query({ trade_state })).toEqual({
      kind: 'paid',
      order_no: ORDER_NO,
      merchant_id: '1900007291',
      transaction_no: '4200001825202612010000000001',
      amount: { minor: 12345n, currency: 'CNY' },
      paid_at: new Date('2026-12-01T02:34:56Z'),
    })
  })

  test.each([
    ['NOTPAY', { kind: 'waiting' }],
    ['USERPAYING', { kind: 'waiting' }],
    ['CLOSED', { kind: 'closed' }],
    ['REVOKED', { kind: 'closed' }],
    ['PAYERROR', { kind: 'failed', code: 'pay_error', message: '支付成功' }],
  ])('reads %s', (trade_state, state) => {
    expect(query({ trade_state })).toEqual(state)
  })

  test.each(['ACCEPT', 'success', '', 'ABNORMAL'])('does not recognise %j', (trade_state) => {
    expect(query({ trade_state })).toEqual({
      kind: 'unknown',
      reason: `the unrecognised trade_state "${trade_state}"`,
    })
  })

  test('reads a waiting order, which has no amount, time or number yet', () => {
    const { appid, mchid, out_trade_no } = PAID_TRANSACTION
    expect(mapTransaction({ appid, mchid, out_trade_no, trade_state: 'NOTPAY' }).kind).toBe(
      'waiting',
    )
  })

  test.each([
    { transaction_id: undefined },
    { transaction_id: '' },
    { success_time: undefined },
    { success_time: '昨天' },
    { amount: undefined },
    { amount: {} },
    { amount: { total: 1.5 } },
    { amount: { total: '12345' } },
    { amount: { total: -1 } },
    { amount: { total: 2 ** 53 } },
    { amount: { total: 1, currency: 'yuan' } },
    { mchid: undefined },
    { out_trade_no: 5 },
  ])('believes no payment with %j', (changes) => {
    expect(query(changes).kind).toBe('unknown')
  })

  test('carries the largest exact amount', () => {
    const state = query({ amount: { total: Number.MAX_SAFE_INTEGER, currency: 'CNY' } })
    expect(state).toMatchObject({ amount: { minor: 9007199254740991n } })
  })

  test('carries a foreign currency as it is, for the caller to compare', () => {
    const state = query({ amount: { total: 5, currency: 'HKD' } })
    expect(state).toMatchObject({ amount: { minor: 5n, currency: 'HKD' } })
  })

  test('does not take an answer about another order', () => {
    expect(query({ out_trade_no: 'ORDER0000000002', trade_state: 'CLOSED' }).kind).toBe('unknown')
  })

  test.each(['ORDER_NOT_EXIST', 'ORDERNOTEXIST'])('finds nothing on 404 %s', (word) => {
    expect(mapOrderQuery(refusal(404, word), ORDER_NO)).toEqual({ kind: 'not_found' })
  })

  test.each([...REFUSALS, ...DOUBTS])('stays open after %i %s', (status, word) => {
    expect(mapOrderQuery(refusal(status, word), ORDER_NO).kind).toBe('unknown')
  })

  test('stays open when nobody answered', () => {
    expect(mapOrderQuery(doubtful, ORDER_NO).kind).toBe('unknown')
  })
})

describe('closing', () => {
  test('is done by 204', () => {
    expect(mapClosing(believed(204, null))).toEqual({ kind: 'closed' })
  })

  test('is done when it was done before', () => {
    expect(mapClosing(refusal(400, 'ORDER_CLOSED'))).toEqual({ kind: 'closed' })
  })

  test('hears that the order was paid', () => {
    expect(mapClosing(refusal(400, 'ORDERPAID'))).toEqual({ kind: 'already_paid' })
  })

  test.each([
    [404, 'ORDER_NOT_EXIST'],
    [202, 'USERPAYING'],
    [400, 'PARAM_ERROR'],
    ...DOUBTS,
  ] as const)('stays open after %i %s', (status, word) => {
    expect(mapClosing(refusal(status, word)).kind).toBe('unknown')
  })

  test('stays open when nobody answered, or with a success of another kind', () => {
    expect(mapClosing(doubtful).kind).toBe('unknown')
    expect(mapClosing(believed(200, {})).kind).toBe('unknown')
  })
})

describe('refund', () => {
  const refund = (changes: object) =>
    mapRefundQuery(believed(200, { ...DONE_REFUND, ...changes }), REFUND_NO)

  test('reads SUCCESS with the refunded amount, not the order’s', () => {
    expect(refund({})).toEqual({
      kind: 'succeeded',
      refund_no: REFUND_NO,
      order_no: ORDER_NO,
      amount: { minor: 345n, currency: 'CNY' },
      succeeded_at: new Date('2026-12-01T04:00:00Z'),
    })
  })

  test('reads PROCESSING and CLOSED', () => {
    expect(refund({ status: 'PROCESSING', success_time: undefined })).toEqual({
      kind: 'processing',
    })
    expect(refund({ status: 'CLOSED' })).toMatchObject({ kind: 'failed', code: 'refund_closed' })
  })

  test('does not call ABNORMAL failed, because the money has left and may still arrive', () => {
    expect(refund({ status: 'ABNORMAL' })).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('refund_abnormal'),
    })
  })

  test.each([
    { status: 'CHANGE' },
    { status: '' },
    { success_time: undefined },
    { amount: undefined },
    { amount: { total: 12345, refund: 3.45 } },
    { out_refund_no: 'REFUND000000002' },
    { out_trade_no: null },
  ])('does not know what %j means', (changes) => {
    expect(refund(changes).kind).toBe('unknown')
  })

  test('is answered at once in the same words', () => {
    expect(mapRefunding(believed(200, DONE_REFUND), REFUND_NO).kind).toBe('succeeded')
    expect(mapRefunding(believed(200, DONE_REFUND), 'ANOTHER').kind).toBe('unknown')
  })

  test.each(REFUSALS)('fails by %i %s', (status, word) => {
    expect(mapRefunding(refusal(status, word), REFUND_NO)).toEqual({
      kind: 'failed',
      code: word.toLowerCase(),
      message: '说明',
    })
  })

  test.each(DOUBTS)('stays open after %i %s', (status, word) => {
    expect(mapRefunding(refusal(status, word), REFUND_NO).kind).toBe('unknown')
    expect(mapRefundQuery(refusal(status, word), REFUND_NO).kind).toBe('unknown')
  })

  test('is not found by its query only when WeChat says so', () => {
    expect(mapRefundQuery(refusal(404, 'RESOURCE_NOT_EXISTS'), REFUND_NO).kind).toBe('not_found')
    expect(mapRefundQuery(refusal(403, 'NO_AUTH'), REFUND_NO).kind).toBe('unknown')
    expect(mapRefundQuery(doubtful, REFUND_NO).kind).toBe('unknown')
    expect(mapRefunding(doubtful, REFUND_NO).kind).toBe('unknown')
  })

  test('has its success read from a notification, which names no currency', () => {
    const amount = { total: 12345, refund: 345, payer_total: 12345, payer_refund: 345 }
    expect(mapRefund({ ...DONE_REFUND, amount })).toMatchObject({
      amount: { minor: 345n, currency: 'CNY' },
    })
  })
})

describe('trying an account', () => {
  test.each([
    [401, 'SIGN_ERROR', 'merchant_private_key'],
    [400, 'MCH_NOT_EXISTS', 'merchant_id'],
    [400, 'APPID_MCHID_NOT_MATCH', 'app_id'],
    [403, 'NO_AUTH', 'console'],
  ])('explains %i %s', (status, word, hint) => {
    const check = mapAccountCheck(refusal(status, word))
    expect(check).toMatchObject({ kind: 'refused', code: word.toLowerCase() })
    expect(check).toMatchObject({ message: expect.stringContaining(hint) })
  })

  test('tells a key of another id from an answer that was altered', () => {
    expect(mapAccountCheck({ ...doubtful, isOtherKey: true })).toMatchObject({
      kind: 'refused',
      code: 'platform_key_mismatch',
    })
    expect(mapAccountCheck(doubtful).kind).toBe('unknown')
  })

  test('needs no order, and says nothing when WeChat is not well', () => {
    expect(mapAccountCheck(refusal(404, 'ORDER_NOT_EXIST'))).toEqual({ kind: 'works' })
    expect(mapAccountCheck(refusal(500, 'SIGN_ERROR')).kind).toBe('unknown')
    expect(mapAccountCheck(refusal(429, 'FREQUENCY_LIMITED')).kind).toBe('unknown')
  })
})
