import { describe, expect, test } from '@jest/globals'
import { money } from '../../../kernel/money.js'
import type { ChannelOrder, RefundState } from '../channel.port.js'
import type { AlipayReply } from './alipay.client.js'
import {
  closingOf,
  mapAccountCheck,
  mapClosing,
  mapOrderQuery,
  mapPlacing,
  toPlacing,
} from './alipay.mapper.js'
import { ResultMessage } from './alipay.wire.js'
import { mapRefunding, mapRefundQuery, settleRefunding } from './alipay-refund.mapper.js'

const ORDER_NO = 'ORDER0000000001'
const SELLER = '2088102146225135'
const UNKNOWN = { kind: 'unknown', reason: expect.stringMatching(/./) }

const says = (result: object): AlipayReply => ({
  kind: 'believed',
  result: ResultMessage.parse({ code: '10000', msg: 'Success', ...result }),
})
const refuses = (sub_code: string, code = '40004') =>
  says({ code, msg: 'Business Failed', sub_code, sub_msg: '原因' })
const doubt: AlipayReply = { kind: 'doubtful', reason: 'no answer' }

const order: ChannelOrder = {
  order_no: ORDER_NO,
  method: 'native',
  amount: money(12_345n, 'CNY'),
  placed_at: new Date('2026-12-01T02:00:00Z'),
  description: '2026/2027 学费 & 住宿费 a=b\n😀',
  expires_at: new Date('2026-12-01T02:30:00.900Z'),
  notify_url: 'https://pay.example.edu/n',
  return_url: 'https://pay.example.edu/r',
  payer: { ip: null, channel_user_id: null },
}

describe('toPlacing', () => {
  test('writes yuan, Beijing time cut to the second, and a subject Alipay takes', () => {
    expect(toPlacing(order)).toEqual({
      method: 'alipay.trade.precreate',
      notify_url: order.notify_url,
      bizContent: {
        out_trade_no: ORDER_NO,
        total_amount: '123.45',
        subject: '2026／2027 学费 ＆ 住宿费 a＝b 😀',
        time_expire: '2026-12-01 10:30:00',
      },
    })
  })

  test('tells a page where the browser goes afterwards, and a phone where “back” leads', () => {
    expect(toPlacing({ ...order, method: 'page' })).toMatchObject({
      method: 'alipay.trade.page.pay',
      return_url: order.return_url,
      bizContent: { product_code: 'FAST_INSTANT_TRADE_PAY' },
    })
    expect(toPlacing({ ...order, method: 'h5' })).toMatchObject({
      method: 'alipay.trade.wap.pay',
      bizContent: { product_code: 'QUICK_WAP_WAY', quit_url: order.return_url },
    })
    expect(toPlacing({ ...order, method: 'wallet' })).toBeNull()
  })

  test('cuts a long subject between characters, and never sends none', () => {
    const subject = (description: string) =>
      toPlacing({ ...order, description })?.bizContent.subject
    expect(Array.from(String(subject('😀'.repeat(300))))).toHaveLength(256)
    expect(subject(' \n ')).toBe('缴费')
  })
})

describe('mapPlacing', () => {
  const place = (reply: AlipayReply) => mapPlacing(reply, ORDER_NO)
  test('shows the code of a placed order', () => {
    const code_url = 'https://qr.alipay.com/bavh4wjlxf12tper3a'
    expect(place(says({ out_trade_no: ORDER_NO, qr_code: code_url }))).toEqual({
      kind: 'placed',
      next_action: { type: 'show_qr', code_url },
    })
  })

  test('says what is surely so', () => {
    expect(place(refuses('ACQ.TRADE_HAS_SUCCESS'))).toEqual({ kind: 'already_paid' })
    expect(place(refuses('ACQ.TRADE_HAS_CLOSE'))).toEqual({
      kind: 'refused',
      code: 'trade_has_close',
      message: '原因',
    })
    expect(place(refuses('isv.invalid-signature', '40002'))).toMatchObject({
      kind: 'refused',
      code: 'isv_invalid_signature',
    })
  })

  test.each([
    ['no answer', doubt],
    ['a system error', refuses('ACQ.SYSTEM_ERROR')],
    ['another system error', refuses('aop.ACQ.SYSTEM_ERROR')],
    ['an unavailable service', refuses('aop.unknow-error', '20000')],
    ['a known word under another code', refuses('ACQ.TRADE_HAS_CLOSE', '20000')],
    ['an order of other words under the number', refuses('ACQ.CONTEXT_INCONSISTENT')],
    ['too many calls', refuses('isv.app-call-limited', '40005')],
    ['a new word', refuses('ACQ.SOMETHING_NEW')],
    ['a new code', refuses('ACQ.TRADE_HAS_CLOSE', '50000')],
    ['a success without a code to show', says({ out_trade_no: ORDER_NO })],
    ['a success that names no order', says({ qr_code: 'https://qr.alipay.com/x' })],
    ['a success of another order', says({ out_trade_no: 'OTHER', qr_code: 'https://q' })],
    [
      'a refusal of another order',
      says({ code: '40004', sub_code: 'ACQ.TRADE_HAS_CLOSE', out_trade_no: 'OTHER' }),
    ],
  ])('leaves open what follows from %s', (_, reply) => {
    expect(place(reply)).toEqual(UNKNOWN)
  })
})

describe('mapOrderQuery', () => {
  const trade = {
    out_trade_no: ORDER_NO,
    trade_no: '2026120122001400000000000001',
    total_amount: '123.45',
    send_pay_date: '2026-12-01 10:34:56',
  }
  const query = (result: object) => mapOrderQuery(says({ ...trade, ...result }), ORDER_NO, SELLER)
  const paid = {
    kind: 'paid',
    order_no: ORDER_NO,
    merchant_id: SELLER,
    transaction_no: trade.trade_no,
    amount: money(12_345n, 'CNY'),
    paid_at: new Date('2026-12-01T02:34:56Z'),
  }

  test.each(['TRADE_SUCCESS', 'TRADE_FINISHED'])('knows %s as paid', (trade_status) => {
    expect(query({ trade_status })).toEqual(paid)
  })

  test('knows a closed trade that was paid as one whose money arrived', () => {
    expect(query({ trade_status: 'TRADE_CLOSED' })).toEqual(paid)
    expect(query({ trade_status: 'TRADE_CLOSED', send_pay_date: undefined })).toEqual({
      kind: 'closed',
    })
  })

  test('waits', () => {
    expect(query({ trade_status: 'WAIT_BUYER_PAY', send_pay_date: undefined })).toEqual({
      kind: 'waiting',
    })
  })

  test.each([
    ['a new word', { trade_status: 'TRADE_PENDING' }],
    ['no word', {}],
    ['a payment without its time', { trade_status: 'TRADE_SUCCESS', send_pay_date: undefined }],
    [
      'a time that is none',
      { trade_status: 'TRADE_SUCCESS', send_pay_date: '2026-13-01 00:00:00' },
    ],
    ['a payment without its amount', { trade_status: 'TRADE_SUCCESS', total_amount: undefined }],
    ['an amount that is none', { trade_status: 'TRADE_SUCCESS', total_amount: '1e3' }],
    ['another order', { trade_status: 'TRADE_SUCCESS', out_trade_no: 'OTHER' }],
  ])('leaves open what follows from %s', (_, result) => {
    expect(query(result)).toEqual(UNKNOWN)
  })

  test('finds nothing only where Alipay says so', () => {
    const ask = (reply: AlipayReply) => mapOrderQuery(reply, ORDER_NO, SELLER)
    expect(ask(refuses('ACQ.TRADE_NOT_EXIST'))).toEqual({ kind: 'not_found' })
    expect(ask(refuses('ACQ.TRADE_NOT_EXIST', '20000'))).toEqual(UNKNOWN)
    expect(ask(refuses('ACQ.SYSTEM_ERROR'))).toEqual(UNKNOWN)
    expect(ask(doubt)).toEqual(UNKNOWN)
  })
})

describe('mapClosing', () => {
  const close = (reply: AlipayReply) => mapClosing(reply, ORDER_NO)
  test('asks what became of an order that is not waiting any more', () => {
    expect(close(says({ out_trade_no: ORDER_NO }))).toEqual({ kind: 'closed' })
    expect(close(refuses('ACQ.TRADE_NOT_EXIST'))).toEqual({ kind: 'not_found' })
    expect(close(refuses('ACQ.TRADE_STATUS_ERROR'))).toBe('ask')
    expect(close(refuses('ACQ.REASON_TRADE_STATUS_INVALID'))).toBe('ask')
    expect(close(refuses('ACQ.SYSTEM_ERROR'))).toEqual(UNKNOWN)
    expect(close(says({}))).toEqual(UNKNOWN)
    expect(close(doubt)).toEqual(UNKNOWN)
  })

  test('does not call closed what a query calls waiting', () => {
    expect(closingOf({ kind: 'closed' })).toEqual({ kind: 'closed' })
    expect(closingOf({ kind: 'waiting' })).toEqual(UNKNOWN)
    expect(closingOf({ kind: 'not_found' })).toEqual({ kind: 'not_found' })
  })
})

describe('refunds', () => {
  const asked = { refund_no: 'REFUND000000001', order_no: ORDER_NO, amount: money(345n, 'CNY') }
  const answer = (result: object) =>
    mapRefunding(says({ out_trade_no: ORDER_NO, refund_fee: '3.45', ...result }), asked)
  const done: RefundState = {
    kind: 'succeeded',
    ...asked,
    succeeded_at: new Date('2026-12-01T04:00:00Z'),
  }
  const paidOut = { fund_change: 'Y', gmt_refund_pay: '2026-12-01 12:00:00' }

  test('moved money only when fund_change says so', () => {
    expect(answer(paidOut)).toEqual({ kind: 'ended', state: done })
    const otherwise = { kind: 'processing' }
    expect(answer({ ...paidOut, fund_change: 'N' })).toEqual({ kind: 'ask', otherwise })
    expect(answer({ ...paidOut, fund_change: undefined })).toEqual({ kind: 'ask', otherwise })
    expect(answer({ fund_change: 'Y' })).toEqual({ kind: 'ask', otherwise })
  })

  test('read refund_fee as the sum of all refunds of the trade', () => {
    expect(answer({ ...paidOut, refund_fee: '100.00' })).toEqual({ kind: 'ended', state: done })
    expect(answer({ ...paidOut, refund_fee: '3.44' })).toEqual({ kind: 'ended', state: UNKNOWN })
    expect(answer({ ...paidOut, refund_fee: undefined })).toEqual({ kind: 'ended', state: UNKNOWN })
  })

  test('have failed only when a query doesn’t find them either', () => {
    const refused = mapRefunding(refuses('ACQ.TRADE_STATUS_ERROR'), asked)
    if (refused.kind !== 'ask') throw new Error('it was not asked about')
    expect(settleRefunding({ kind: 'not_found' }, asked, refused.otherwise)).toMatchObject({
      kind: 'failed',
      code: 'trade_status_error',
    })
    expect(settleRefunding(done, asked, refused.otherwise)).toEqual(done)
    const other = { ...done, amount: money(1n, 'CNY') }
    expect(settleRefunding(other, asked, refused.otherwise)).toEqual(UNKNOWN)
  })

  test.each([
    ['no answer', doubt],
    ['a system error', refuses('ACQ.SYSTEM_ERROR')],
    ['an unavailable service', refuses('isp.unknow-error', '20000')],
    ['a new word', refuses('ACQ.SOMETHING_NEW')],
    [
      'an answer about another order',
      says({ out_trade_no: 'OTHER', refund_fee: '3.45', ...paidOut }),
    ],
  ])('are left open by %s', (_, reply) => {
    expect(mapRefunding(reply, asked)).toEqual({ kind: 'ended', state: UNKNOWN })
  })

  test('are left open by a number that another refund has', () => {
    const answered = mapRefunding(refuses('ACQ.DISCORDANT_REPEAT_REQUEST'), asked)
    expect(answered).toEqual({ kind: 'ask', otherwise: UNKNOWN })
  })

  const queried = {
    out_trade_no: ORDER_NO,
    out_request_no: asked.refund_no,
    refund_status: 'REFUND_SUCCESS',
    refund_amount: '3.45',
    gmt_refund_pay: '2026-12-01 12:00:00',
  }
  const query = (result: object) => mapRefundQuery(says(result), asked)

  test('are found by a query', () => {
    expect(query(queried)).toEqual(done)
    expect(query({})).toEqual({ kind: 'not_found' })
    expect(mapRefundQuery(refuses('ACQ.TRADE_NOT_EXIST'), asked)).toEqual({ kind: 'not_found' })
  })

  test.each([
    ['another refund', { ...queried, out_request_no: 'OTHER' }],
    ['another order', { ...queried, out_trade_no: 'OTHER' }],
    ['a new word', { ...queried, refund_status: 'REFUND_PROCESSING' }],
    ['no time', { ...queried, gmt_refund_pay: undefined }],
    ['no amount', { ...queried, refund_amount: undefined }],
    ['an amount without a word', { ...queried, refund_status: undefined }],
  ])('are left open by a query that says %s', (_, result) => {
    expect(query(result)).toEqual(UNKNOWN)
  })
})

describe('mapAccountCheck', () => {
  test('takes an order that is not there for an account that works', () => {
    expect(mapAccountCheck(refuses('ACQ.TRADE_NOT_EXIST'))).toEqual({ kind: 'works' })
    expect(mapAccountCheck(doubt)).toEqual(UNKNOWN)
    expect(mapAccountCheck(refuses('ACQ.SYSTEM_ERROR'))).toEqual(UNKNOWN)
  })

  test('says what to correct', () => {
    expect(mapAccountCheck(refuses('isv.invalid-signature', '40002'))).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/app_private_key/),
    })
  })
})
