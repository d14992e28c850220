import { assert } from '../../../kernel/assert.js'
import {
  isSameMoney,
  type Money,
  money,
  parseMajorText,
  toMajorText,
} from '../../../kernel/money.js'
import type {
  AccountCheck,
  ChannelMethod,
  ChannelOrder,
  ChannelRefund,
  CloseOrderResult,
  OrderState,
  PlaceOrderResult,
} from '../channel.port.js'
import type { AlipayCall, AlipayReply } from './alipay.client.js'
import {
  CODE_SUCCESS,
  CURRENCY,
  fromWireTime,
  METHOD,
  type NotificationMessage,
  PrecreatedMessage,
  REASON_LENGTH_MAX,
  type ResultMessage,
  SUBJECT_LENGTH_MAX,
  TradeMessage,
  toWireTime,
} from './alipay.wire.js'

/** Refusals of the gateway itself: the request never reached the business. */
const GATEWAY_REFUSALS: ReadonlySet<string> = new Set(['20001', '40001', '40002', '40006'])

/** Words after which a trade was surely not made. Every other word is unknown. */
const ORDER_REFUSALS: ReadonlySet<string> = new Set([
  'ACQ.ACCESS_FORBIDDEN',
  'ACQ.BUYER_SELLER_EQUAL',
  'ACQ.ERROR_BUYER_CERTIFY_LEVEL_LIMIT',
  'ACQ.EXIST_FORBIDDEN_WORD',
  'ACQ.INVALID_PARAMETER',
  'ACQ.INVALID_STORE_ID',
  'ACQ.PARTNER_ERROR',
  'ACQ.SELLER_BEEN_BLOCKED',
  'ACQ.TOTAL_FEE_EXCEED',
  'ACQ.TRADE_BUYER_NOT_MATCH',
  'ACQ.TRADE_HAS_CLOSE',
])

export const isSpokenCurrency = (amount: Money): boolean => amount.currency === CURRENCY

const PRODUCTS: Partial<Record<ChannelMethod, Pick<AlipayCall, 'method'> & { product?: string }>> =
  {
    native: { method: METHOD.precreate },
    page: { method: METHOD.page, product: 'FAST_INSTANT_TRADE_PAY' },
    h5: { method: METHOD.wap, product: 'QUICK_WAP_WAY' },
  }

/** Null for a method that Alipay isn't paid by here. */
export function toPlacing(order: ChannelOrder): AlipayCall | null {
  const product = PRODUCTS[order.method]
  if (!product) return null
  const isRedirect = product.product !== undefined
  return {
    method: product.method,
    notify_url: order.notify_url,
    ...(isRedirect ? { return_url: order.return_url } : {}),
    bizContent: {
      out_trade_no: order.order_no,
      total_amount: toYuan(order.amount),
      subject: toSubject(order.description),
      time_expire: toWireTime(order.expires_at),
      ...(isRedirect ? { product_code: product.product } : {}),
      ...(order.method === 'h5' ? { quit_url: order.return_url } : {}),
    },
  }
}

export function toQuery(orderNo: string): AlipayCall {
  return { method: METHOD.query, bizContent: { out_trade_no: orderNo } }
}

export function toClosing(orderNo: string): AlipayCall {
  return { method: METHOD.close, bizContent: { out_trade_no: orderNo } }
}

export function toRefund(refund: ChannelRefund): AlipayCall {
  return {
    method: METHOD.refund,
    bizContent: {
      out_trade_no: refund.order.order_no,
      refund_amount: toYuan(refund.amount),
      out_request_no: refund.refund_no,
      ...(refund.reason === '' ? {} : { refund_reason: cut(refund.reason, REASON_LENGTH_MAX) }),
    },
  }
}

export function toRefundQuery(refundNo: string, orderNo: string): AlipayCall {
  return {
    method: METHOD.refundQuery,
    bizContent: {
      out_trade_no: orderNo,
      out_request_no: refundNo,
      // Without being asked for, the time is left out.
      query_options: ['gmt_refund_pay'],
    },
  }
}

export function toBillUrl(day: string): AlipayCall {
  return { method: METHOD.billUrl, bizContent: { bill_type: 'trade', bill_date: day } }
}

export function mapPlacing(reply: AlipayReply, orderNo: string): PlaceOrderResult {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  const { result } = reply
  if (!isAbout(result, orderNo)) return unknown('an answer about another order')
  if (result.code === CODE_SUCCESS) {
    const placed = PrecreatedMessage.safeParse(result)
    return placed.success
      ? { kind: 'placed', next_action: { type: 'show_qr', code_url: placed.data.qr_code } }
      : unknown('an accepted order without a usable qr_code')
  }
  if (result.sub_code === 'ACQ.TRADE_HAS_SUCCESS') return { kind: 'already_paid' }
  return isRefusal(result, ORDER_REFUSALS)
    ? { kind: 'refused', ...toPublicError(result) }
    : unknown(describeResult(result))
}

export function mapOrderQuery(reply: AlipayReply, orderNo: string, merchantId: string): OrderState {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  const { result } = reply
  if (!isAbout(result, orderNo)) return unknown('an answer about another order')
  if (result.code !== CODE_SUCCESS) {
    return isWord(result, 'ACQ.TRADE_NOT_EXIST')
      ? { kind: 'not_found' }
      : unknown(describeResult(result))
  }
  const trade = TradeMessage.safeParse(result)
  if (!trade.success) return unknown('a trade that fits no schema')
  return mapTrade({ ...trade.data, paid_time: trade.data.send_pay_date, merchant_id: merchantId })
}

/** A notification's signature is Alipay's own; the seller it names was compared before. */
export function mapNotifiedTrade(message: NotificationMessage): OrderState {
  return mapTrade({ ...message, paid_time: message.gmt_payment, merchant_id: message.seller_id })
}

export function mapClosing(reply: AlipayReply, orderNo: string): CloseOrderResult | 'ask' {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  const { result } = reply
  if (!isAbout(result, orderNo)) return unknown('an answer about another order')
  if (result.code === CODE_SUCCESS) return { kind: 'closed' }
  if (isWord(result, 'ACQ.TRADE_NOT_EXIST')) return { kind: 'not_found' }
  // It doesn't wait for payment any more; only a query tells whether it is paid or closed.
  if (isWord(result, 'ACQ.TRADE_STATUS_ERROR')) return 'ask'
  if (isWord(result, 'ACQ.REASON_TRADE_STATUS_INVALID')) return 'ask'
  return unknown(describeResult(result))
}

export function closingOf(state: OrderState): CloseOrderResult {
  switch (state.kind) {
    case 'paid':
      return { kind: 'already_paid' }
    case 'closed':
    case 'not_found':
    case 'unknown':
      return state
    case 'waiting':
    case 'failed':
      return unknown(`a close was refused, although a query says ${state.kind}`)
  }
}

/** Reads the answer to a query of an order that cannot exist. */
export function mapAccountCheck(reply: AlipayReply): AccountCheck {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  const { result } = reply
  if (result.code === CODE_SUCCESS || isWord(result, 'ACQ.TRADE_NOT_EXIST')) {
    return { kind: 'works' }
  }
  if (!isRefusal(result, ORDER_REFUSALS)) return unknown(describeResult(result))
  const { code, message } = toPublicError(result)
  const advice = ADVICE[result.sub_code] ?? 'Alipay does not let this app query orders'
  return { kind: 'refused', code, message: `${advice} (Alipay says: ${message})` }
}

const ADVICE: Readonly<Record<string, string>> = {
  'isv.invalid-signature':
    'app_private_key is not the key whose public half is stored with the app at Alipay',
  'isv.invalid-app-id': 'app_id is not the number of an app at Alipay',
  'isv.insufficient-isv-permissions':
    'the app has no contract for this product: sign it, and put the app online, in the Alipay console',
  'isv.invalid-timestamp': 'the clock of this server is wrong',
}

interface TradeWords extends Pick<TradeMessage, 'out_trade_no' | 'trade_no' | 'trade_status'> {
  readonly total_amount?: string | undefined
  readonly paid_time: string | undefined
  readonly merchant_id: string
}

function mapTrade(trade: TradeWords): OrderState {
  switch (trade.trade_status) {
    case 'WAIT_BUYER_PAY':
      return { kind: 'waiting' }
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return mapPaid(trade)
    case 'TRADE_CLOSED':
      // The word for unpaid orders and for those refunded wholly; of the latter the money did arrive.
      return trade.paid_time ? mapPaid(trade) : { kind: 'closed' }
    default:
      return unknown(`the unrecognised trade_status ${quote(trade.trade_status)}`)
  }
}

function mapPaid(trade: TradeWords): OrderState {
  const paidAt = fromWireTime(trade.paid_time)
  const amount = toMoney(trade.total_amount)
  if (!paidAt || !amount) return unknown('a paid trade without its time or amount')
  return {
    kind: 'paid',
    order_no: trade.out_trade_no,
    merchant_id: trade.merchant_id,
    transaction_no: trade.trade_no,
    amount,
    paid_at: paidAt,
  }
}

/** Whether Alipay surely did not do it. Only business failures have words of their own. */
export function isRefusal(result: ResultMessage, words: ReadonlySet<string>): boolean {
  return (
    GATEWAY_REFUSALS.has(result.code) || (result.code === '40004' && words.has(result.sub_code))
  )
}

function isWord(result: ResultMessage, word: string): boolean {
  return result.code === '40004' && result.sub_code === word
}

/**
 * The signature covers the answer and not the question, so a success must name the order. A refusal
 * often names none.
 */
export function isAbout(result: ResultMessage, orderNo: string): boolean {
  return result.out_trade_no === undefined
    ? result.code !== CODE_SUCCESS
    : result.out_trade_no === orderNo
}

export function toPublicError(result: ResultMessage): { code: string; message: string } {
  const word = result.sub_code.toLowerCase().replace(/^(aop\.)?acq\./, '')
  const code = word.replace(/[^a-z]+/g, '_').replace(/^_+|_+$/g, '') || 'refused'
  return { code, message: (result.sub_msg || result.msg || code).slice(0, 300) }
}

export function describeResult(result: ResultMessage): string {
  return `${quote(result.code)} ${quote(result.sub_code)}: ${result.sub_msg.slice(0, 200)}`
}

export function unknown(reason: string): { readonly kind: 'unknown'; readonly reason: string } {
  return { kind: 'unknown', reason }
}

/** A foreign word in a log line: quoted, escaped, short. */
export function quote(word: string): string {
  return JSON.stringify(word.slice(0, 64))
}

/** Null when it isn't an amount in yuan. */
export function toMoney(text: string | undefined): Money | null {
  const minor = parseMajorText(text ?? '')
  return minor === null ? null : money(minor, CURRENCY)
}

export function isAmount(text: string | undefined, expected: Money): boolean {
  const amount = toMoney(text)
  return amount !== null && isSameMoney(amount, expected)
}

function toYuan(amount: Money): string {
  assert(isSpokenCurrency(amount), 'Alipay is asked for yuan only')
  return toMajorText(amount.minor)
}

const FULL_WIDTH: Readonly<Record<string, string>> = { '/': '／', '=': '＝', '&': '＆' }

/** Alipay forbids `/`, `=` and `&` in a subject; their full-width forms read the same. */
function toSubject(description: string): string {
  const line = description.replace(/\p{Cc}+/gu, ' ').trim()
  const text = line.replace(/[/=&]/g, (character) => FULL_WIDTH[character] ?? character)
  return cut(text === '' ? '缴费' : text, SUBJECT_LENGTH_MAX)
}

/** By characters, so that none is cut in two. */
function cut(text: string, lengthMax: number): string {
  return Array.from(text).slice(0, lengthMax).join('')
}
