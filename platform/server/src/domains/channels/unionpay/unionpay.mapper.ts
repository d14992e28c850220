import { isIPv4 } from 'node:net'
import { assert } from '../../../kernel/assert.js'
import { type Money, money } from '../../../kernel/money.js'
import type {
  AccountCheck,
  ChannelMethod,
  ChannelOrder,
  ChannelRefund,
  CloseOrderResult,
  OrderRef,
  OrderState,
  RefundRef,
  RefundState,
} from '../channel.port.js'
import type { UnionpayReply } from './unionpay.client.js'
import type { Fields } from './unionpay.fields.js'
import { fromTraceTime, fromTxnTime, toTxnTime } from './unionpay.time.js'
import {
  CHANNEL_TYPE,
  CURRENCY,
  CURRENCY_CODE,
  DESCRIPTION_BYTES_MAX,
  FAILED,
  PENDING,
  REFUSED,
  RESPONSE,
  TRANSACTION,
  TransactionMessage,
  WORD_OTHERWISE,
  WORDS,
} from './unionpay.wire.js'

/** Our clock and UnionPay's differ; an order is over only when it is over by both. */
const CLOCKS_APART_MS = 30_000

/** What is wrong with an account, as opposed to the system or the hour. */
const ACCOUNT_ADVICE: Readonly<Record<string, string>> = {
  '10': 'UnionPay cannot read our messages; compare merchant_id with the contract',
  '11': 'UnionPay does not know the merchant’s signature; register merchant_certificate with it',
  '13': 'UnionPay misses a field that this merchant must send; ask UnionPay which',
  '31': 'UnionPay has stopped this merchant, or not started it yet',
  '32': 'UnionPay does not allow this merchant the gateway product',
}

export const isSpokenCurrency = (amount: Money): boolean => amount.currency === CURRENCY

export const isSpokenMethod = (method: ChannelMethod): method is keyof typeof CHANNEL_TYPE =>
  method in CHANNEL_TYPE

export function toPayment(order: ChannelOrder): Fields {
  const { ip } = order.payer
  return {
    ...TRANSACTION.pay,
    ...toReference(order.order_no, order.placed_at),
    channelType: order.method === 'h5' ? CHANNEL_TYPE.h5 : CHANNEL_TYPE.page,
    txnAmt: toFen(order.amount),
    currencyCode: CURRENCY_CODE,
    payTimeout: toTxnTime(order.expires_at),
    frontUrl: order.return_url,
    backUrl: order.notify_url,
    orderDesc: toDescription(order.description),
    customerIp: ip !== null && isIPv4(ip) ? ip : '',
    // It comes back with every answer, and tells when the order is over.
    reqReserved: `T${toTxnTime(order.expires_at)}`,
  }
}

export function toRefund(refund: ChannelRefund): Fields {
  return {
    ...TRANSACTION.refund,
    ...toReference(refund.refund_no, refund.requested_at),
    channelType: CHANNEL_TYPE.page,
    origQryId: refund.order.transaction_no,
    txnAmt: toFen(refund.amount),
    backUrl: refund.notify_url,
    // It comes back with the notification, which doesn't name the order otherwise.
    reqReserved: `R${refund.order.order_no}`,
  }
}

export const toOrderQuery = (order: Pick<OrderRef, 'order_no' | 'placed_at'>): Fields => ({
  ...TRANSACTION.query,
  ...toReference(order.order_no, order.placed_at),
})

export const toRefundQuery = (refund: RefundRef): Fields => ({
  ...TRANSACTION.query,
  ...toReference(refund.refund_no, refund.requested_at),
})

export function mapOrderQuery(reply: UnionpayReply, now: Date): OrderState {
  const found = readQuery(reply)
  return found.kind === 'found' ? mapOrder(found.message, found.code, now) : found
}

/** @param code what became of the order: `origRespCode` of a query, `respCode` of a notification */
export function mapOrder(message: TransactionMessage, code: string, now: Date): OrderState {
  if (isSuccess(code)) return mapPaid(message)
  if (PENDING.has(code)) return isOver(message, now) ? { kind: 'closed' } : { kind: 'waiting' }
  if (FAILED.has(code)) return { kind: 'failed', ...toRefusal(code, textOf(message)) }
  return unknown(`UnionPay says ${quote(code)} of the order: ${textOf(message)}`)
}

/** UnionPay can't close an order: it ends at its `payTimeout`. So closing is asking whether it has ended. */
export function mapClosing(reply: UnionpayReply, now: Date): CloseOrderResult {
  const found = readQuery(reply)
  if (found.kind !== 'found') return found
  const state = mapOrder(found.message, found.code, now)
  if (state.kind === 'paid') return { kind: 'already_paid' }
  if (state.kind === 'unknown') return state
  // Until then the payer may try another card, also after a refused one.
  if (isOver(found.message, now)) return { kind: 'closed' }
  return unknown('UnionPay closes no order before its payTimeout, and this one can still be paid')
}

/** What the answer to a refund leaves to do: nothing, or to ask about the refund. */
export type RefundAnswer =
  | { readonly kind: 'answered'; readonly state: RefundState }
  | { readonly kind: 'ask'; readonly whenNotFound: RefundState }

export function mapRefunding(reply: UnionpayReply): RefundAnswer {
  if (reply.kind === 'doubtful') return { kind: 'answered', state: unknown(reply.reason) }
  const { respCode = '', respMsg = '' } = reply.fields
  if (respCode === RESPONSE.success) return { kind: 'answered', state: { kind: 'processing' } }
  const text = `UnionPay says ${quote(respCode)} to the refund: ${respMsg.slice(0, 200)}`
  if (respCode === RESPONSE.duplicate) return { kind: 'ask', whenNotFound: unknown(text) }
  if (REFUSED.has(respCode)) {
    return { kind: 'ask', whenNotFound: { kind: 'failed', ...toRefusal(respCode, respMsg) } }
  }
  return { kind: 'answered', state: unknown(text) }
}

/** The refund that is there already, if it is the one that was asked for. */
export function mapRepeatedRefund(
  reply: UnionpayReply,
  refund: RefundRef,
  whenNotFound: RefundState,
): RefundState {
  const state = mapRefundQuery(reply, refund)
  if (state.kind === 'not_found') return whenNotFound
  const isSame = reply.kind === 'believed' && reply.fields.txnAmt === toFen(refund.amount)
  if (isSame || state.kind === 'unknown') return state
  return unknown('UnionPay knows the refund number, with another amount')
}

export function mapRefundQuery(reply: UnionpayReply, refund: RefundRef): RefundState {
  const found = readQuery(reply)
  if (found.kind !== 'found') return found
  const { message, code } = found
  const { order } = refund
  if (message.origQryId !== undefined && message.origQryId !== order.transaction_no) {
    return unknown('a refund of another payment')
  }
  if (orderNoOf(message) !== order.order_no) return unknown('a refund of another order')
  return mapRefund(message, code)
}

export function mapRefund(message: TransactionMessage, code: string): RefundState {
  if (isSuccess(code)) return mapRefunded(message)
  if (PENDING.has(code)) return { kind: 'processing' }
  if (FAILED.has(code)) return { kind: 'failed', ...toRefusal(code, textOf(message)) }
  return unknown(`UnionPay says ${quote(code)} of the refund: ${textOf(message)}`)
}

/** The answer to a query for an order that cannot exist. */
export function mapCheck(reply: UnionpayReply): AccountCheck {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  const { respCode = '', respMsg = '' } = reply.fields
  if (respCode === RESPONSE.notFound) return { kind: 'works' }
  const advice = ACCOUNT_ADVICE[respCode]
  if (advice !== undefined) {
    const message = `${advice} (UnionPay: ${respCode} ${respMsg.slice(0, 200)})`
    return { kind: 'refused', code: WORDS[respCode] ?? WORD_OTHERWISE, message }
  }
  return unknown(`UnionPay says ${quote(respCode)}: ${respMsg.slice(0, 200)}`)
}

function toReference(no: string, at: Date): Fields {
  return { orderId: no, txnTime: toTxnTime(at) }
}

type QueryAnswer =
  | { readonly kind: 'found'; readonly message: TransactionMessage; readonly code: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown'; readonly reason: string }

function readQuery(reply: UnionpayReply): QueryAnswer {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  const parsed = TransactionMessage.safeParse(reply.fields)
  if (!parsed.success) return unknown('an answer that fits no schema')
  const message = parsed.data
  if (message.respCode === RESPONSE.notFound) return { kind: 'not_found' }
  const { origRespCode: code } = message
  if (message.respCode !== RESPONSE.success || code === undefined) {
    return unknown(`UnionPay says ${quote(message.respCode)} to the query: ${textOf(message)}`)
  }
  return { kind: 'found', message, code }
}

function mapPaid(message: TransactionMessage): OrderState {
  const amount = amountOf(message)
  const paid_at = momentOf(message)
  if (!message.queryId || !paid_at || !amount) {
    return unknown('a paid order without its number, time or amount in yuan')
  }
  return {
    kind: 'paid',
    order_no: message.orderId,
    merchant_id: message.merId,
    transaction_no: message.queryId,
    amount,
    paid_at,
  }
}

function mapRefunded(message: TransactionMessage): RefundState {
  const amount = amountOf(message)
  const succeeded_at = momentOf(message)
  const order_no = orderNoOf(message)
  if (!amount || !succeeded_at || !order_no) {
    return unknown('a successful refund without its order, time or amount in yuan')
  }
  return { kind: 'succeeded', refund_no: message.orderId, order_no, amount, succeeded_at }
}

const isSuccess = (code: string): boolean =>
  code === RESPONSE.success || code === RESPONSE.successWithDefect

/** Whether `payTimeout`, which the order carries with it, has passed. */
function isOver({ reqReserved }: TransactionMessage, now: Date): boolean {
  const deadline = reqReserved.startsWith('T') ? fromTxnTime(reqReserved.slice(1)) : null
  return deadline !== null && now.getTime() > deadline.getTime() + CLOCKS_APART_MS
}

function orderNoOf({ reqReserved }: TransactionMessage): string | null {
  return reqReserved.startsWith('R') ? reqReserved.slice(1) : null
}

function momentOf({ traceTime, txnTime }: TransactionMessage): Date | null {
  return traceTime === undefined ? null : fromTraceTime(traceTime, txnTime)
}

function amountOf({ txnAmt, currencyCode }: TransactionMessage): Money | null {
  if (txnAmt === undefined || currencyCode !== CURRENCY_CODE) return null
  return money(BigInt(txnAmt), CURRENCY)
}

function toFen(amount: Money): string {
  assert(isSpokenCurrency(amount) && amount.minor > 0n, 'UnionPay is asked for yuan only')
  return amount.minor.toString()
}

/** Signs that mean something in UnionPay's own messages become blanks; whole characters only. */
function toDescription(text: string): string {
  let cut = ''
  for (const character of text.replace(/[\p{C}&=<>"'{}[\]]/gu, ' ').trim()) {
    if (Buffer.byteLength(cut + character) > DESCRIPTION_BYTES_MAX) break
    cut += character
  }
  return cut.trim()
}

function toRefusal(code: string, message: string) {
  return { code: WORDS[code] ?? WORD_OTHERWISE, message: message.slice(0, 200) || quote(code) }
}

function textOf({ origRespMsg, respMsg }: TransactionMessage): string {
  return (origRespMsg || respMsg).slice(0, 200)
}

function unknown(reason: string): { readonly kind: 'unknown'; readonly reason: string } {
  return { kind: 'unknown', reason }
}

/** A foreign word in a log line: quoted, escaped, short. */
function quote(word: string): string {
  return JSON.stringify(word.slice(0, 64))
}
