import iconv from 'iconv-lite'
import { toMajorText } from '../../../../kernel/money.js'
import { CHARSET } from './abc.envelope.js'
import { toBankTime, toDigits } from './abc.text.js'
import type { OrderRecord, RefundRecord } from './abc.types.js'

/** What `TrxResponse` says; every value is a text. */
export type Response = Readonly<Record<string, string>>

export const SUCCESS = { ReturnCode: '0000', ErrorMessage: '交易成功' } as const

export function toMessage(merchantId: string, response: Response): Record<string, unknown> {
  return {
    Version: 'V3.0.0',
    Format: 'JSON',
    Common: { Channel: 'EBUS' },
    Merchant: { ECMerchantType: 'EBUS', MerchantID: merchantId },
    TrxResponse: response,
  }
}

export const toYuan = (fen: number): string => toMajorText(BigInt(fen))

/** @param url where the payer pays */
export function toPlaced(order: OrderRecord, url: string): Response {
  const { order_no, amount, trx_id, order_date, order_time } = order
  return {
    ...SUCCESS,
    TrxType: order.trx_type,
    OrderNo: order_no,
    OrderAmount: toYuan(amount),
    TrxID: trx_id,
    TrxDate: order_date,
    TrxTime: order_time,
    ...(order.trx_type === 'PayReq' ? { PaymentURL: url } : { QRCode: url }),
  }
}

/** Details are a text of their own inside the answer: base64 of JSON. */
export function toQueried(detail: Response): Response {
  const bytes = iconv.encode(JSON.stringify(detail), CHARSET)
  return { ...SUCCESS, TrxType: 'Query', Order: bytes.toString('base64') }
}

export function toOrderDetail(order: OrderRecord): Response {
  const paid = order.paid_at === null ? null : toBankTime(new Date(order.paid_at))
  return {
    PayTypeID: 'ImmediatePay',
    OrderNo: order.order_no,
    OrderDate: order.order_date,
    OrderTime: order.order_time,
    OrderAmount: toYuan(order.amount),
    Status: order.status,
    OrderDesc: order.description,
    PaymentLinkType: order.payment_link_type,
    CommodityType: order.commodity_type,
    ...(paid && order.rsp_ref !== null
      ? { iRspRef: order.rsp_ref, HostDate: paid.date, HostTime: paid.time }
      : {}),
  }
}

export function toRefundDetail(refund: RefundRecord): Response {
  const settled = refund.settled_at === null ? null : toBankTime(new Date(refund.settled_at))
  return {
    PayTypeID: 'Refund',
    OrderNo: refund.refund_no,
    OldOrderNo: refund.order_no,
    OrderDate: refund.order_date,
    OrderTime: refund.order_time,
    RefundAmount: toYuan(refund.amount),
    Status: refund.status,
    iRspRef: refund.rsp_ref,
    ...(settled ? { HostDate: settled.date, HostTime: settled.time } : {}),
  }
}

export function toRefunded(refund: RefundRecord): Response {
  const host = toBankTime(new Date(refund.accepted_at))
  return {
    ...SUCCESS,
    TrxType: 'Refund',
    OrderNo: refund.order_no,
    NewOrderNo: refund.refund_no,
    TrxAmount: toYuan(refund.amount),
    BatchNo: refund.batch_no,
    VoucherNo: refund.voucher_no,
    HostDate: host.date,
    HostTime: host.time,
    iRspRef: refund.rsp_ref,
  }
}

/** What a paid order's notification says. */
export function toNotice(order: OrderRecord & { paid_at: string; rsp_ref: string }): Response {
  const paidAt = new Date(order.paid_at)
  const host = toBankTime(paidAt)
  return {
    ...SUCCESS,
    ECMerchantType: 'EBUS',
    MerchantID: order.merchant_id,
    TrxType: 'ABCSoftTokenPay',
    OrderNo: order.order_no,
    Amount: toYuan(order.amount),
    BatchNo: order.batch_no,
    VoucherNo: order.voucher_no,
    HostDate: host.date,
    HostTime: host.time,
    PayType: 'EP072',
    NotifyType: order.notify_type,
    iRspRef: order.rsp_ref,
    AccDate: toDigits(paidAt).slice(0, 8),
    AcqFee: '0.00',
    IssFee: '0.00',
    JrnNo: order.jrn_no,
  }
}
