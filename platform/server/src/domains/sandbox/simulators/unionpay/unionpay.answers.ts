import { respMessage } from './unionpay.refusal.js'
import type { Fields } from './unionpay.signature.js'
import { toSettleDate, toTraceTime } from './unionpay.time.js'
import type { OrderRecord, RefundRecord } from './unionpay.types.js'

/** What every answer repeats of its question. */
const ECHOED = [
  ...['version', 'encoding', 'signMethod', 'txnType', 'txnSubType', 'bizType', 'accessType'],
  ...['merId', 'orderId', 'txnTime'],
] as const

const CURRENCY_CODE = '156'
const CARD = '621700******1234'

export function toAnswer(
  request: Fields,
  respCode: string,
  more: Fields = {},
  respMsg = '',
): Fields {
  const echoed = ECHOED.flatMap((name) => {
    const value = request[name]
    return value === undefined ? [] : [[name, value]]
  })
  return withoutEmpty({
    ...Object.fromEntries(echoed),
    respCode,
    respMsg: respMsg || respMessage(respCode),
    ...more,
  })
}

/** `k=v&k=v`, not percent-encoded. */
export function toText(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** What a query says about a payment. */
export function describeOrder(order: OrderRecord): Fields {
  return {
    ...origResponse(order.resp_code),
    ...amountOf(order.amount),
    reqReserved: order.req_reserved,
    ...paymentOf(order),
  }
}

export function describeRefund(refund: RefundRecord): Fields {
  return {
    ...origResponse(refund.resp_code),
    ...amountOf(refund.amount),
    reqReserved: refund.req_reserved,
    ...settlementOf(refund),
  }
}

/** What a notification, and the form back to the merchant's page, say about a payment. */
export function toPaymentNotice(order: OrderRecord): Fields {
  return withoutEmpty({
    ...noticeHead(order, { txnType: '01', txnSubType: '01' }),
    ...amountOf(order.amount),
    reqReserved: order.req_reserved,
    ...paymentOf(order),
  })
}

export function toRefundNotice(refund: RefundRecord): Fields {
  return withoutEmpty({
    ...noticeHead(refund, { txnType: refund.txn_type, txnSubType: '00' }),
    ...amountOf(refund.amount),
    reqReserved: refund.req_reserved,
    ...settlementOf(refund),
  })
}

function noticeHead(
  transaction: Pick<OrderRecord, 'merchant_id' | 'order_id' | 'txn_time' | 'resp_code'>,
  type: Fields,
): Fields {
  const { merchant_id, order_id, txn_time, resp_code } = transaction
  return {
    ...{ version: '5.1.0', encoding: 'UTF-8', signMethod: '01', ...type },
    ...{ bizType: '000201', accessType: '0' },
    ...{ merId: merchant_id, orderId: order_id, txnTime: txn_time },
    ...{ respCode: resp_code, respMsg: respMessage(resp_code) },
  }
}

function origResponse(respCode: string): Fields {
  return { origRespCode: respCode, origRespMsg: respMessage(respCode) }
}

function amountOf(amount: number): Fields {
  return { txnAmt: String(amount), currencyCode: CURRENCY_CODE }
}

function paymentOf({ query_id, paid_at, amount }: OrderRecord): Fields {
  if (query_id === null || paid_at === null) return {}
  return {
    queryId: query_id,
    ...traceOf(query_id, new Date(paid_at), amount),
    ...{ accNo: CARD, payCardType: '01', payType: '0201' },
  }
}

function settlementOf(refund: RefundRecord): Fields {
  const at = new Date(refund.settled_at ?? refund.created_at)
  return {
    queryId: refund.query_id,
    origQryId: refund.original.query_id,
    ...traceOf(refund.query_id, at, refund.amount),
  }
}

function traceOf(queryId: string, at: Date, amount: number): Fields {
  return {
    traceNo: queryId.slice(-6),
    traceTime: toTraceTime(at),
    settleDate: toSettleDate(at),
    settleAmt: String(amount),
    settleCurrencyCode: CURRENCY_CODE,
  }
}

function withoutEmpty(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}
