import type { OrderRecord, RefundRecord, TradeState } from './wechatpay.types.js'

const TRADE_STATE_DESC: Readonly<Record<TradeState, string>> = {
  NOTPAY: '订单未支付',
  SUCCESS: '支付成功',
  REFUND: '订单发生过退款，退款详情请查询退款单',
  CLOSED: '订单已关闭',
  PAYERROR: '支付失败(其他原因，如银行返回失败)',
}

const BEIJING_OFFSET_MS = 8 * 3_600_000

/** WeChat writes RFC 3339 in Beijing time, whole seconds: `2026-01-31T08:00:00+08:00`. */
export function toWireTime(moment: Date): string {
  const shifted = new Date(moment.getTime() + BEIJING_OFFSET_MS)
  return `${shifted.toISOString().slice(0, 19)}+08:00`
}

/** The transaction as the query answers it. What only a payment brings is absent before it. */
export function toTransaction(order: OrderRecord): Record<string, unknown> {
  const common = {
    appid: order.app_id,
    mchid: order.merchant_id,
    out_trade_no: order.out_trade_no,
    trade_state: order.trade_state,
    trade_state_desc: TRADE_STATE_DESC[order.trade_state],
    ...(order.attach === null ? {} : { attach: order.attach }),
  }
  const amount = { total: order.total, currency: order.currency, payer_currency: order.currency }
  if (order.transaction_id === null) return { ...common, amount }
  return {
    ...common,
    transaction_id: order.transaction_id,
    trade_type: order.trade_type,
    bank_type: 'OTHERS',
    success_time: order.success_time,
    payer: { openid: order.payer_openid },
    amount: { ...amount, payer_total: order.total },
  }
}

/** The notification of a payment tells of the payment, also when a refund followed meanwhile. */
export function toPaymentNotice(order: OrderRecord): Record<string, unknown> {
  return {
    ...toTransaction(order),
    trade_state: 'SUCCESS',
    trade_state_desc: TRADE_STATE_DESC.SUCCESS,
  }
}

export function toRefund(refund: RefundRecord): Record<string, unknown> {
  return {
    refund_id: refund.refund_id,
    out_refund_no: refund.out_refund_no,
    transaction_id: refund.transaction_id,
    out_trade_no: refund.out_trade_no,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    create_time: refund.create_time,
    ...(refund.success_time === null ? {} : { success_time: refund.success_time }),
    status: refund.status,
    funds_account: 'AVAILABLE',
    amount: {
      total: refund.total,
      refund: refund.refund,
      from: [],
      payer_total: refund.total,
      payer_refund: refund.refund,
      settlement_refund: refund.refund,
      settlement_total: refund.total,
      discount_refund: 0,
      currency: refund.currency,
    },
    promotion_detail: [],
  }
}

/** The notification calls the state `refund_status`, unlike the query. */
export function toRefundNotice(refund: RefundRecord): Record<string, unknown> {
  return {
    mchid: refund.merchant_id,
    transaction_id: refund.transaction_id,
    out_trade_no: refund.out_trade_no,
    refund_id: refund.refund_id,
    out_refund_no: refund.out_refund_no,
    refund_status: refund.status,
    ...(refund.success_time === null ? {} : { success_time: refund.success_time }),
    user_received_account: '支付用户零钱',
    amount: {
      total: refund.total,
      refund: refund.refund,
      payer_total: refund.total,
      payer_refund: refund.refund,
    },
  }
}
