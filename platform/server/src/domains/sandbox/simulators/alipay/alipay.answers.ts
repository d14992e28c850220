import { toYuan } from './alipay.notice.js'
import type { Refunding } from './alipay.refunds.js'
import { toWireTime } from './alipay.time.js'
import { isPaid } from './alipay.trades.js'
import type { RefundRecord, TradeRecord } from './alipay.types.js'

/** The members of an answer behind `code` and `msg`. */
export type Answer = Readonly<Record<string, string>>

export const SUCCESS = { code: '10000', msg: 'Success' } as const
const BUYER = 'buyer***@example.com'
const QR_PREFIX = 'https://qr.alipay.com/'

export function toQrCode(trade: TradeRecord): string {
  return QR_PREFIX + trade.code
}

/** The code inside a QR code, or the text itself when it is one already. */
export function toCode(qrCode: string): string {
  return qrCode.startsWith(QR_PREFIX) ? qrCode.slice(QR_PREFIX.length) : qrCode
}

export function toPrecreated(trade: TradeRecord): Answer {
  return { out_trade_no: trade.out_trade_no, qr_code: toQrCode(trade) }
}

export function toTrade(trade: TradeRecord): Answer {
  const total = toYuan(trade.total)
  const paid = isPaid(trade)
  return {
    trade_no: trade.trade_no ?? '',
    out_trade_no: trade.out_trade_no,
    buyer_logon_id: BUYER,
    buyer_user_id: trade.buyer_id,
    trade_status: trade.status,
    total_amount: total,
    receipt_amount: paid ? total : '0.00',
    ...(paid ? { send_pay_date: wire(trade.paid_at) } : {}),
  }
}

export function toClosed(trade: TradeRecord): Answer {
  return { trade_no: trade.trade_no ?? '', out_trade_no: trade.out_trade_no }
}

export function toRefunded({ trade, refund, isChange }: Refunding): Answer {
  return {
    trade_no: trade.trade_no,
    out_trade_no: trade.out_trade_no,
    buyer_logon_id: BUYER,
    fund_change: isChange ? 'Y' : 'N',
    // All refunds of the trade together, as Alipay has it.
    refund_fee: toYuan(trade.refunded),
    ...(refund.status === 'done' ? { gmt_refund_pay: wire(refund.refunded_at) } : {}),
    send_back_fee: toYuan(isChange ? refund.amount : 0),
  }
}

/** Of a number that never came, nothing but success: that is how Alipay says “no such refund”. */
export function toRefundState(
  trade: TradeRecord,
  refund: RefundRecord | null,
  options: readonly string[],
): Answer {
  if (!refund) return {}
  const isDone = refund.status === 'done'
  return {
    trade_no: refund.trade_no,
    out_trade_no: refund.out_trade_no,
    out_request_no: refund.out_request_no,
    total_amount: toYuan(trade.total),
    refund_amount: toYuan(refund.amount),
    ...(refund.reason === null ? {} : { refund_reason: refund.reason }),
    ...(isDone ? { refund_status: 'REFUND_SUCCESS' } : {}),
    ...(isDone && options.includes('gmt_refund_pay')
      ? { gmt_refund_pay: wire(refund.refunded_at) }
      : {}),
  }
}

function wire(moment: string | null): string {
  return moment === null ? '' : toWireTime(new Date(moment))
}
