import { randomBytes } from 'node:crypto'
import { toMajorText } from '../../../../kernel/money.js'
import type { NotifyBehaviour } from '../simulator-play.js'
import type { Parameters } from './alipay.signature.js'
import { toWireTime } from './alipay.time.js'
import type { TradeRecord } from './alipay.types.js'

const OTHER_MERCHANT_ID = '2088000000000001'

export function toYuan(fen: number): string {
  return toMajorText(BigInt(fen))
}

/** What a notification of a payment says; the behaviour may make it say something else. */
export function toNotice(trade: TradeRecord, behaviour: NotifyBehaviour, now: Date): Parameters {
  const paidAt = new Date(trade.paid_at ?? now)
  // Alipay's own in every other way: only the amount, or whose money it is, is another.
  const total = toYuan(trade.total + (behaviour === 'wrong_amount' ? 1 : 0))
  return {
    notify_time: toWireTime(now),
    notify_type: 'trade_status_sync',
    notify_id: `${toWireTime(now).replace(/\D/g, '')}${randomBytes(10).toString('hex')}`,
    app_id: trade.app_id,
    auth_app_id: trade.app_id,
    charset: 'utf-8',
    version: '1.0',
    trade_no: trade.trade_no ?? '',
    out_trade_no: trade.out_trade_no,
    buyer_id: trade.buyer_id,
    seller_id: behaviour === 'wrong_merchant' ? OTHER_MERCHANT_ID : trade.merchant_id,
    trade_status: 'TRADE_SUCCESS',
    total_amount: total,
    receipt_amount: total,
    buyer_pay_amount: total,
    subject: trade.subject,
    gmt_create: toWireTime(new Date(trade.created_at ?? now)),
    gmt_payment: toWireTime(paidAt),
  }
}

/** What the browser carries back to the merchant's page. */
export function toReturn(trade: TradeRecord, now: Date): Parameters {
  return {
    charset: 'utf-8',
    out_trade_no: trade.out_trade_no,
    method: `alipay.trade.${trade.product}.pay.return`,
    total_amount: toYuan(trade.total),
    trade_no: trade.trade_no ?? '',
    auth_app_id: trade.app_id,
    version: '1.0',
    app_id: trade.app_id,
    seller_id: trade.merchant_id,
    timestamp: toWireTime(now),
  }
}
