import { assert } from '../../../kernel/assert.js'
import { type Money, money, parseMajorText, toMajorText } from '../../../kernel/money.js'
import type {
  AccountCheck,
  ChannelMethod,
  ChannelOrder,
  CloseOrderResult,
  NextAction,
  OrderRef,
  OrderState,
  PlaceOrderResult,
} from '../channel.port.js'
import type { AbcReply, TrxRequest } from './abc.client.js'
import { decodeText } from './abc.envelope.js'
import { findRefusal, quote, REFUSALS, wordsOf } from './abc.refusals.js'
import type { AbcMerchant } from './abc.settings.js'
import { decodeBase64 } from './abc.signature.js'
import { fromWireMoment, toWireMoment, toWireStamp } from './abc.time.js'
import {
  CODE,
  CURRENCY,
  CURRENCY_NUMBER,
  OrderMessage,
  PlacedResponse,
  QueryResponse,
  type RefundMessage,
  TEXT_LENGTH_MAX,
} from './abc.wire.js'

export const isSpokenCurrency = (amount: Money): boolean => amount.currency === CURRENCY

/** How the bank names the payer’s browser: 1 a desktop’s, 2 a phone’s. */
const LINK_TYPES: Readonly<Partial<Record<ChannelMethod, string>>> = {
  page: '1',
  h5: '2',
  native: '1',
}

/** Null for a method that the bank is not paid by here. */
export function toOrder(order: ChannelOrder, merchant: AbcMerchant): TrxRequest | null {
  const linkType = LINK_TYPES[order.method]
  if (linkType === undefined) return null
  const { date, time } = toWireMoment(order.placed_at)
  const amount = toYuan(order.amount)
  const text = cut(order.description)
  const isScanned = order.method === 'native'
  return {
    TrxType: isScanned ? 'OLScanPayOrderReq' : 'PayReq',
    Order: {
      PayTypeID: 'ImmediatePay',
      OrderNo: order.order_no,
      OrderAmount: amount,
      OrderDate: date,
      OrderTime: time,
      orderTimeoutDate: toWireStamp(order.expires_at),
      OrderDesc: text,
      CurrencyCode: CURRENCY_NUMBER,
      CommodityType: merchant.commodity_type,
      InstallmentMark: '0',
      ExpiredDate: '30',
      ...(order.payer.ip === null ? {} : { BuyIP: order.payer.ip }),
    },
    OrderDetail: [{ ProductName: text, UnitPrice: amount, Qty: '1' }],
    PaymentType: 'A',
    PaymentLinkType: linkType,
    NotifyType: '1',
    ResultNotifyURL: order.notify_url,
    ...(isScanned
      ? {}
      : { MerchantSuccessURL: order.return_url, MerchantErrorURL: order.return_url }),
    IsBreakAccount: '0',
  }
}

/** @param payTypeId `ImmediatePay` for an order, `Refund` for a refund */
export function toQuery(payTypeId: 'ImmediatePay' | 'Refund', no: string): TrxRequest {
  return { TrxType: 'Query', PayTypeID: payTypeId, OrderNo: no, QueryDetail: 'true' }
}

export function mapPlacing(
  reply: AbcReply,
  order: OrderRef,
  merchant: AbcMerchant,
): PlaceOrderResult {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.code === CODE.paid || reply.code === CODE.refunded) return { kind: 'already_paid' }
  const refusal = findRefusal(REFUSALS, reply)
  if (refusal) return { kind: 'refused', ...refusal }
  if (reply.code !== CODE.done) return unknown(wordsOf(reply))
  const placed = PlacedResponse.safeParse(reply.response)
  if (!placed.success) return unknown('an accepted order that fits no schema')
  if (placed.data.OrderNo !== order.order_no || !isAmount(placed.data.OrderAmount, order.amount)) {
    return unknown('an answer about another order')
  }
  const next_action = nextActionOf(placed.data, order, merchant)
  return next_action
    ? { kind: 'placed', next_action }
    : unknown('an accepted order without a usable address or code')
}

function nextActionOf(
  placed: PlacedResponse,
  order: OrderRef,
  merchant: AbcMerchant,
): NextAction | null {
  if (order.method === 'native') {
    return placed.QRCode === undefined ? null : { type: 'show_qr', code_url: placed.QRCode }
  }
  const url = placed.PaymentURL
  if (url === undefined || !URL.canParse(url)) return null
  const protocols = merchant.isLoopback ? ['https:', 'http:'] : ['https:']
  return protocols.includes(new URL(url).protocol) ? { type: 'redirect', url } : null
}

export function mapOrderQuery(reply: AbcReply, order: OrderRef, merchant: AbcMerchant): OrderState {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.code === CODE.notFound) return { kind: 'not_found' }
  if (reply.code === CODE.closed) return { kind: 'closed' }
  if (reply.code !== CODE.done) return unknown(wordsOf(reply))
  const content = readContent(reply)
  if (content === null) return { kind: 'not_found' }
  const parsed = OrderMessage.safeParse(content)
  if (!parsed.success) return unknown('an order that fits no schema')
  return parsed.data.OrderNo === order.order_no
    ? mapOrder(parsed.data, merchant)
    : unknown('an answer about another order')
}

function mapOrder(order: OrderMessage, merchant: AbcMerchant): OrderState {
  switch (order.Status) {
    case '01':
      return { kind: 'waiting' }
    case '03':
    case '04':
    // The money did arrive; what was given back since is another story, told by the refunds.
    case '05':
      return toPaid({
        order_no: order.OrderNo,
        merchant_id: merchant.merchant_id,
        transaction_no: order.iRspRef,
        amount: order.OrderAmount,
        paid_at: hostMoment(order),
      })
    case '99':
      return {
        kind: 'failed',
        code: 'payment_refused',
        message: 'the bank refused the payer’s payment',
      }
    default:
      return unknown(`the order status ${quote(order.Status)}`)
  }
}

export interface PaidWords {
  readonly order_no: string
  readonly merchant_id: string
  readonly transaction_no: string
  readonly amount: string
  readonly paid_at: Date | null
}

export function toPaid(words: PaidWords): OrderState {
  const { order_no, merchant_id, transaction_no, paid_at } = words
  const minor = parseYuan(words.amount)
  if (transaction_no === '' || minor === null || !paid_at) {
    return unknown('a paid order without its number, time or amount')
  }
  const amount = money(minor, CURRENCY)
  return { kind: 'paid', order_no, merchant_id, transaction_no, amount, paid_at }
}

/** The bank has no message that closes an order: this is what its state says about one. */
export function toClosing(state: OrderState): CloseOrderResult {
  switch (state.kind) {
    case 'paid':
      return { kind: 'already_paid' }
    // A refused payer cannot try again under this number.
    case 'failed':
    case 'closed':
      return { kind: 'closed' }
    case 'not_found':
      return { kind: 'not_found' }
    case 'waiting':
      return unknown('the bank closes no order on request: it ends when its time has run out')
    case 'unknown':
      return state
  }
}

/** An account works when it may ask, whatever the answer about an order that cannot exist. */
export function mapCheck(reply: AbcReply): AccountCheck {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.code === CODE.notFound || reply.code === CODE.done) return { kind: 'works' }
  const refusal = findRefusal(REFUSALS, reply)
  return refusal ? { kind: 'refused', ...refusal } : unknown(wordsOf(reply))
}

/** Exactly two decimals or fewer, no sign, as the bank writes amounts. */
export function parseYuan(text: string): bigint | null {
  return /^[\d.]+$/.test(text) ? parseMajorText(text) : null
}

export function unknown(reason: string): { readonly kind: 'unknown'; readonly reason: string } {
  return { kind: 'unknown', reason }
}

/** The JSON inside `Order`; null when the bank has nothing, undefined when it is no JSON. */
export function readContent(reply: AbcReply & { kind: 'believed' }): unknown {
  const parsed = QueryResponse.safeParse(reply.response)
  if (!parsed.success) return undefined
  if (parsed.data.Order === '') return null
  const bytes = decodeBase64(parsed.data.Order)
  try {
    return bytes === null ? undefined : (JSON.parse(decodeText(bytes)) ?? undefined)
  } catch {
    return undefined
  }
}

/** When the bank’s host did it; where it doesn't say, when the order or refund was asked for. */
export function hostMoment(words: OrderMessage | RefundMessage): Date | null {
  return words.HostDate === '' && words.HostTime === ''
    ? fromWireMoment(words.OrderDate, words.OrderTime)
    : fromWireMoment(words.HostDate, words.HostTime)
}

export function isAmount(text: string, amount: Money): boolean {
  return parseYuan(text) === amount.minor
}

export function toYuan(amount: Money): string {
  assert(isSpokenCurrency(amount), 'the bank is asked for yuan only')
  return toMajorText(amount.minor)
}

/** By characters, so that none is cut in two. */
export function cut(text: string): string {
  return Array.from(text).slice(0, TEXT_LENGTH_MAX).join('')
}
