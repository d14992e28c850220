import iconv from 'iconv-lite'
import { toMajorText } from '../../../../kernel/money.js'
import { toWireTime } from './alipay.time.js'
import type { ZipFile } from './alipay-bill.zip.js'

/** One row of a statement; amounts in fen, of refunds below zero. */
export interface BillRow {
  readonly type: '交易' | '退款'
  readonly trade_no: string
  readonly out_trade_no: string
  readonly out_request_no: string
  readonly subject: string
  readonly created_at: Date
  readonly finished_at: Date
  readonly amount: bigint
  /** As it moves the merchant's purse: below zero what Alipay keeps. */
  readonly fee: bigint
}

export interface Bill {
  readonly merchant_id: string
  /** `yyyy-MM-dd` */
  readonly day: string
  readonly made_at: Date
  readonly rows: readonly BillRow[]
}

const COLUMNS =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注'
const DAY_MS = 24 * 3_600_000

/** The two files of a statement: every row, and their sums. */
export function writeBill(bill: Bill): ZipFile[] {
  const stem = `${bill.merchant_id}0156_${bill.day.replaceAll('-', '')}_业务明细`
  return [
    { name: gbk(`${stem}.csv`), content: gbk(details(bill)) },
    { name: gbk(`${stem}(汇总).csv`), content: gbk(summary(bill)) },
  ]
}

function details(bill: Bill): string {
  return lines([
    '#支付宝业务明细查询',
    ...preface(bill),
    '#-----------------------------------------业务明细列表----------------------------------------',
    COLUMNS,
    ...bill.rows.map(toLine),
    '#-----------------------------------------业务明细列表结束------------------------------------',
    ...sums(bill),
    `#导出时间：[${chinese(bill.made_at)}]`,
  ])
}

function summary(bill: Bill): string {
  const { count, amount } = sumOf(bill, '交易')
  const refunds = sumOf(bill, '退款')
  const net = yuan(amount + refunds.amount)
  const counts = `${count},${refunds.count},${yuan(amount)},${net}`
  return lines([
    '#支付宝业务汇总查询',
    ...preface(bill),
    '#-----------------------------------------业务汇总列表----------------------------------------',
    '门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）',
    `合计,,${counts}`,
    '#-----------------------------------------业务汇总列表结束------------------------------------',
    `#导出时间：[${chinese(bill.made_at)}]`,
  ])
}

function preface({ merchant_id, day }: Bill): string[] {
  const start = new Date(`${day}T00:00:00+08:00`)
  const end = new Date(start.getTime() + DAY_MS)
  return [
    `#账号：[${merchant_id}0156]`,
    `#起始日期：[${chinese(start)}]   终止日期：[${chinese(end)}]`,
  ]
}

function sums(bill: Bill): string[] {
  const payments = sumOf(bill, '交易')
  const refunds = sumOf(bill, '退款')
  return [
    `#交易合计：${payments.count}笔，商家实收共${yuan(payments.amount)}元，商家优惠共0.00元`,
    `#退款合计：${refunds.count}笔，商家实收退款共${yuan(refunds.amount)}元，商家优惠退款共0.00元`,
  ]
}

function sumOf({ rows }: Bill, type: BillRow['type']): { count: number; amount: bigint } {
  const amounts = rows.filter((row) => row.type === type).map((row) => row.amount)
  return { count: amounts.length, amount: amounts.reduce((sum, amount) => sum + amount, 0n) }
}

/** Numbers are padded with a tab, as Alipay does, so that a spreadsheet takes them for text. */
function toLine(row: BillRow): string {
  const amount = yuan(row.amount)
  const nothing = ['0.00', '0.00', '0.00', '0.00', '0.00', '', '0.00', '0.00']
  return [
    `${row.trade_no}\t`,
    `${row.out_trade_no}\t`,
    row.type,
    cell(row.subject),
    toWireTime(row.created_at),
    toWireTime(row.finished_at),
    ...['', '', '', '', 'buyer***@example.com'],
    ...[amount, amount, ...nothing],
    row.out_request_no === '' ? '' : `${row.out_request_no}\t`,
    yuan(row.fee),
    '0.00',
    '',
  ].join(',')
}

/** RFC 4180: a cell with a separator or a quote in it is quoted. */
function cell(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line
}

function yuan(fen: bigint): string {
  return fen < 0n ? `-${toMajorText(-fen)}` : toMajorText(fen)
}

function chinese(moment: Date): string {
  const [date = '', time = ''] = toWireTime(moment).split(' ')
  const [year, month, day] = date.split('-')
  return `${year}年${month}月${day}日 ${time}`
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\r\n')}\r\n`
}

function gbk(text: string): Buffer {
  return iconv.encode(text, 'gbk')
}
