import { money } from '../../../kernel/money.js'
import type {
  AccountCheck,
  CloseOrderResult,
  NextAction,
  OrderState,
  PlaceOrderResult,
  RefundState,
} from '../channel.port.js'
import type { WechatpayReply } from './wechatpay.client.js'
import { ErrorMessage, RefundMessage, TransactionMessage, WireTime } from './wechatpay.wire.js'

/**
 * Error words after which WeChat surely did not take the order or the refund. WeChat has spelt
 * them with and without underscores over the years, so they are compared without.
 * Not here, although they are 4xx: FREQUENCY_LIMITED and BIZERR_NEED_RETRY, which say "again later"
 * and so nothing about a call that went before, and every word we don't know.
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'ACCOUNTERROR',
  'APPIDMCHIDNOTMATCH',
  'INVALIDREQUEST',
  'MCHNOTEXISTS',
  'NOAUTH',
  'NOTENOUGH',
  'ORDERCLOSED',
  'OUTTRADENOUSED',
  'PARAMERROR',
  'REQUESTBLOCKED',
  'RESOURCENOTEXISTS',
  'RULELIMIT',
  'SIGNERROR',
  'TRADEERROR',
  'USERACCOUNTABNORMAL',
])

/** @param toAction what the payer has to do, from an accepted order; null when it fits no schema */
export function mapPlacing(
  reply: WechatpayReply,
  toAction: (json: unknown) => NextAction | null,
): PlaceOrderResult {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.status === 200) {
    const next_action = toAction(reply.json)
    return next_action
      ? { kind: 'placed', next_action }
      : unknown('an accepted order without a usable way to pay it')
  }
  const error = readError(reply.status, reply.json)
  if (error.word === 'ORDERPAID') return { kind: 'already_paid' }
  if (REFUSALS.has(error.word)) return { kind: 'refused', ...error.public }
  return unknown(error.text)
}

export function mapOrderQuery(reply: WechatpayReply, orderNo: string): OrderState {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.status === 200) {
    return isAbout(reply.json, 'out_trade_no', orderNo)
      ? mapTransaction(reply.json)
      : unknown('an answer about another order')
  }
  const error = readError(reply.status, reply.json)
  return error.word === 'ORDERNOTEXIST' ? { kind: 'not_found' } : unknown(error.text)
}

/** The same message answers a query and fills a notification. */
export function mapTransaction(json: unknown): OrderState {
  const parsed = TransactionMessage.safeParse(json)
  if (!parsed.success) return unknown('a transaction that fits no schema')
  const transaction = parsed.data
  switch (transaction.trade_state) {
    case 'SUCCESS':
    // The money did arrive; what was given back since is another story, told by the refunds.
    case 'REFUND':
      return mapPaid(transaction)
    case 'NOTPAY':
    case 'USERPAYING':
      return { kind: 'waiting' }
    case 'CLOSED':
    case 'REVOKED':
      return { kind: 'closed' }
    case 'PAYERROR':
      return {
        kind: 'failed',
        code: 'pay_error',
        message: transaction.trade_state_desc || 'the payment failed at WeChat Pay',
      }
    default:
      return unknown(`the unrecognised trade_state ${quote(transaction.trade_state)}`)
  }
}

export function mapClosing(reply: WechatpayReply): CloseOrderResult {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.status === 204) return { kind: 'closed' }
  const error = readError(reply.status, reply.json)
  if (error.word === 'ORDERCLOSED') return { kind: 'closed' }
  if (error.word === 'ORDERPAID') return { kind: 'already_paid' }
  // ORDER_NOT_EXIST is not "closed": an order still on its way could yet arrive and be paid.
  return unknown(error.text)
}

/** Words about the account itself; any other error leaves open whether it works. */
const ACCOUNT_REFUSALS: Readonly<Record<string, string>> = {
  SIGNERROR:
    'WeChat Pay does not accept our signature: check merchant_id, merchant_serial_no and merchant_private_key',
  MCHNOTEXISTS: 'WeChat Pay does not know this merchant_id',
  NOAUTH:
    'this merchant may not use the interface: apply for it in the WeChat Pay merchant console',
  APPIDMCHIDNOTMATCH: 'app_id is not bound to this merchant_id in the WeChat Pay merchant console',
  PARAMERROR: 'WeChat Pay does not understand the merchant_id',
}

/** From the answer to a query of an order that cannot exist. */
export function mapAccountCheck(reply: WechatpayReply): AccountCheck {
  if (reply.kind === 'doubtful') {
    if (!reply.isOtherKey) return unknown(reply.reason)
    const message =
      'WeChat Pay signs with another key than platform_key_id says: copy the id and the public key from the merchant console again'
    return { kind: 'refused', code: 'platform_key_mismatch', message }
  }
  const error = readError(reply.status, reply.json)
  if (reply.status === 200 || error.word === 'ORDERNOTEXIST') return { kind: 'works' }
  const message = ACCOUNT_REFUSALS[error.word]
  if (!message) return unknown(error.text)
  return { kind: 'refused', code: error.public.code, message: `${message} (${error.text})` }
}

export function mapRefunding(reply: WechatpayReply, refundNo: string): RefundState {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.status === 200) return mapRefundAnswer(reply.json, refundNo)
  const error = readError(reply.status, reply.json)
  return REFUSALS.has(error.word) ? { kind: 'failed', ...error.public } : unknown(error.text)
}

export function mapRefundQuery(reply: WechatpayReply, refundNo: string): RefundState {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.status === 200) return mapRefundAnswer(reply.json, refundNo)
  const error = readError(reply.status, reply.json)
  return error.word === 'RESOURCENOTEXISTS' ? { kind: 'not_found' } : unknown(error.text)
}

export function mapRefund(json: unknown): RefundState {
  const parsed = RefundMessage.safeParse(json)
  if (!parsed.success) return unknown('a refund that fits no schema')
  const refund = parsed.data
  switch (refund.status) {
    case 'SUCCESS':
      return mapRefunded(refund)
    case 'PROCESSING':
      return { kind: 'processing' }
    case 'CLOSED':
      return {
        kind: 'failed',
        code: 'refund_closed',
        message: 'WeChat Pay closed the refund; the money stays with the merchant',
      }
    // The payer's card doesn't take the money, which has already left the merchant. Somebody
    // finishes it in WeChat's merchant console (退款异常处理), and then it becomes SUCCESS: it has
    // not ended, and calling it failed would let the same money be refunded twice.
    case 'ABNORMAL':
      return unknown('refund_abnormal: finish it by hand in the WeChat Pay merchant console')
    default:
      return unknown(`the unrecognised refund status ${quote(refund.status)}`)
  }
}

function mapRefundAnswer(json: unknown, refundNo: string): RefundState {
  return isAbout(json, 'out_refund_no', refundNo)
    ? mapRefund(json)
    : unknown('an answer about another refund')
}

/** WeChat's signature covers the answer but not the question, so the answer must name it. */
function isAbout(json: unknown, field: string, asked: string): boolean {
  return typeof json === 'object' && json !== null && Reflect.get(json, field) === asked
}

function mapPaid(transaction: TransactionMessage): OrderState {
  const { mchid, out_trade_no, transaction_id, amount } = transaction
  const paidAt = fromWireTime(transaction.success_time)
  if (!transaction_id || !paidAt || amount?.total === undefined) {
    return unknown('a paid transaction without its number, time or amount')
  }
  return {
    kind: 'paid',
    order_no: out_trade_no,
    merchant_id: mchid,
    transaction_no: transaction_id,
    amount: money(BigInt(amount.total), amount.currency),
    paid_at: paidAt,
  }
}

function mapRefunded(refund: RefundMessage): RefundState {
  const succeededAt = fromWireTime(refund.success_time)
  if (!succeededAt) return unknown('a successful refund without its time')
  return {
    kind: 'succeeded',
    refund_no: refund.out_refund_no,
    order_no: refund.out_trade_no,
    amount: money(BigInt(refund.amount.refund), refund.amount.currency),
    succeeded_at: succeededAt,
  }
}

/** A 5xx and a 429 leave every question open, whatever word comes along, so they have no word. */
export function readError(status: number, json: unknown) {
  const error = ErrorMessage.safeParse(json)
  if (!error.success) return { word: '', public: { code: '', message: '' }, text: `HTTP ${status}` }
  const { code, message } = error.data
  const isFinal = status >= 400 && status < 500 && status !== 429
  return {
    word: isFinal ? code.replaceAll('_', '') : '',
    public: { code: code.toLowerCase(), message },
    text: `HTTP ${status} ${quote(code)}: ${message.slice(0, 200)}`,
  }
}

export function unknown(reason: string): { readonly kind: 'unknown'; readonly reason: string } {
  return { kind: 'unknown', reason }
}

function fromWireTime(text: string | undefined): Date | null {
  return WireTime.safeParse(text).success && text !== undefined ? new Date(text) : null
}

/** A foreign word in a log line: quoted, escaped, short. */
function quote(word: string): string {
  return JSON.stringify(word.slice(0, 64))
}
