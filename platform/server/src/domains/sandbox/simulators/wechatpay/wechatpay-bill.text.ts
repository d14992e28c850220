import { toMajorText } from '../../../../kernel/money.js'
import type { OrderRecord, RefundRecord } from './wechatpay.types.js'

/** The columns of the bill ALL, as the documentation lists them. */
const COLUMNS =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注'
const SUMMARY_COLUMNS =
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额'

/** One row, before it is text; amounts are fen. */
export interface BillRow {
  readonly order: OrderRecord
  readonly refund: RefundRecord | null
  readonly at: string
  readonly paid: bigint
  readonly refunded: bigint
}

export function toPaymentRow(order: OrderRecord): BillRow {
  const at = order.success_time ?? ''
  return { order, refund: null, at, paid: BigInt(order.total), refunded: 0n }
}

export function toRefundRow(order: OrderRecord, refund: RefundRecord): BillRow {
  const at = refund.success_time ?? ''
  return { order, refund, at, paid: 0n, refunded: BigInt(refund.refund) }
}

/** UTF-8 with a byte order mark and CRLF; every value but those of the headers begins with a back-tick. */
export function renderBill(rows: readonly BillRow[]): string {
  const sum = (amountOf: (row: BillRow) => bigint) =>
    rows.reduce((total, row) => total + amountOf(row), 0n)
  const paid = yuan(sum((row) => row.paid))
  const refunded = yuan(sum((row) => row.refunded))
  const summary = [String(rows.length), paid, refunded, '0.00', feeText(sum(feeOf)), paid, refunded]
  const lines = [COLUMNS, ...rows.map(renderRow), SUMMARY_COLUMNS, ticked(summary)]
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

function renderRow(row: BillRow): string {
  const { order, refund } = row
  return ticked([
    ...[row.at.replace('T', ' ').slice(0, 19), order.app_id, order.merchant_id, '0', ''],
    ...[order.transaction_id ?? '', order.out_trade_no, order.payer_openid ?? '', order.trade_type],
    ...[refund ? 'REFUND' : 'SUCCESS', 'OTHERS', order.currency, yuan(row.paid), '0.00'],
    ...[refund?.refund_id ?? '0', refund?.out_refund_no ?? '0', yuan(row.refunded), '0.00'],
    ...[refund ? 'ORIGINAL' : '', refund ? 'SUCCESS' : '', order.description, order.attach ?? ''],
    ...[feeText(feeOf(row)), '0.60%', yuan(row.paid), yuan(row.refunded), ''],
  ])
}

/** 0.6 %, half up; a refund gives its part back. */
function feeOf({ paid, refunded }: BillRow): bigint {
  const feeOfAmount = (amount: bigint) => (amount * 6n + 500n) / 1000n
  return feeOfAmount(paid) - feeOfAmount(refunded)
}

/** Fees have five decimals. */
function feeText(fee: bigint): string {
  return fee < 0n ? `-${yuan(-fee)}000` : `${yuan(fee)}000`
}

function yuan(minor: bigint): string {
  return toMajorText(minor)
}

function ticked(values: readonly string[]): string {
  return values.map((value) => `\`${value.replace(/[\r\n]+/g, ' ')}`).join(',')
}
