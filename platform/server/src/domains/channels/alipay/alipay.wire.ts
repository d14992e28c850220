import { z } from 'zod'

// Alipay's OpenAPI v2 as it stands on the wire (docs/reference/channels/alipay.md). Objects let
// unknown fields through; words such as `trade_status` are any text, for the mapper must see new ones.

export const GATEWAY_PATH = '/gateway.do'
export const CURRENCY = 'CNY'
export const SIGN_TYPE = 'RSA2'
export const CODE_SUCCESS = '10000'

export const METHOD = {
  precreate: 'alipay.trade.precreate',
  page: 'alipay.trade.page.pay',
  wap: 'alipay.trade.wap.pay',
  query: 'alipay.trade.query',
  close: 'alipay.trade.close',
  refund: 'alipay.trade.refund',
  refundQuery: 'alipay.trade.fastpay.refund.query',
  billUrl: 'alipay.data.dataservice.bill.downloadurl.query',
} as const
export type AlipayMethod = (typeof METHOD)[keyof typeof METHOD]

/** The longest texts Alipay takes, in characters. */
export const SUBJECT_LENGTH_MAX = 256
export const REASON_LENGTH_MAX = 256

/** What every answer begins with. */
export const ResultMessage = z.looseObject({
  code: z.string().min(1).max(64),
  msg: z.string().default(''),
  sub_code: z.string().default(''),
  sub_msg: z.string().default(''),
  out_trade_no: z.string().optional(),
})
export type ResultMessage = z.infer<typeof ResultMessage>

export const PrecreatedMessage = z.object({ qr_code: z.string().min(1).max(1024) })

export const TradeMessage = z.object({
  out_trade_no: z.string(),
  trade_no: z.string().min(1),
  trade_status: z.string(),
  total_amount: z.string().optional(),
  send_pay_date: z.string().optional(),
})
export type TradeMessage = z.infer<typeof TradeMessage>

export const RefundMessage = z.object({
  out_trade_no: z.string(),
  fund_change: z.string().optional(),
  /** All refunds of the trade together. */
  refund_fee: z.string(),
  gmt_refund_pay: z.string().optional(),
})

/** Of a refund Alipay doesn't know it says nothing but that the query worked. */
export const RefundQueryMessage = z.object({
  out_trade_no: z.string().optional(),
  out_request_no: z.string().optional(),
  refund_status: z.string().optional(),
  refund_amount: z.string().optional(),
  gmt_refund_pay: z.string().optional(),
})
export type RefundQueryMessage = z.infer<typeof RefundQueryMessage>

export const BillUrlMessage = z.object({
  bill_download_url: z.string().min(1).max(4096),
  bill_file_code: z.string().optional(),
})

export const NotificationMessage = z.object({
  notify_type: z.string(),
  app_id: z.string(),
  seller_id: z.string(),
  charset: z.string(),
  out_trade_no: z.string().min(1),
  trade_no: z.string().min(1),
  trade_status: z.string(),
  total_amount: z.string().optional(),
  gmt_payment: z.string().optional(),
})
export type NotificationMessage = z.infer<typeof NotificationMessage>

const SHANGHAI_OFFSET_MS = 8 * 60 * 60 * 1000
const WIRE_TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,3})?$/

/** `yyyy-MM-dd HH:mm:ss` in GMT+8; the part of a second is dropped, so nothing lives longer. */
export function toWireTime(moment: Date): string {
  const local = new Date(moment.getTime() + SHANGHAI_OFFSET_MS)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}

export function fromWireTime(text: string | undefined): Date | null {
  const match = WIRE_TIME.exec(text ?? '')
  if (!match) return null
  const moment = new Date(`${match[1]}T${match[2]}+08:00`)
  return Number.isNaN(moment.getTime()) ? null : moment
}
