import { money } from '../../../kernel/money.js'
import type { StatementLine, StatementTotals } from '../channel.port.js'
import type { StatementFile } from './wechatpay-statement.file.js'

/** Columns are found by their names, since WeChat adds some. */
const COLUMN_NAMES = {
  at: '交易时间',
  merchant_id: '商户号',
  transaction_no: '微信订单号',
  order_no: '商户订单号',
  state: '交易状态',
  currency: '货币种类',
  refund_id: '微信退款单号',
  refund_no: '商户退款单号',
  refund_state: '退款状态',
  fee: '手续费',
  paid: '订单金额',
  refunded: '申请退款金额',
} as const
type Column = keyof typeof COLUMN_NAMES
type Cells = Readonly<Record<Column, string>>

const SUMMARY_NAMES = {
  count: '总交易单数',
  paid: '订单总金额',
  refunded: '申请退款总金额',
} as const
const BYTE_ORDER_MARK = '\uFEFF'
const TEXT_LENGTH_MAX = 2_000

export interface Survey {
  readonly totals: StatementTotals | null
}

/** Looks at the whole bill once, for what stands at its end. Null when it has not its columns. */
export async function surveyBill(file: StatementFile): Promise<Survey | null> {
  let columns: ColumnIndex | null = null
  let summary: readonly string[] | null = null
  let totals: StatementTotals | null = null
  let refunds = 0
  for await (const line of file.lines()) {
    const text = decode(line)
    if (text === null) continue
    columns ??= findColumns(text)
    if (text.startsWith(SUMMARY_NAMES.count)) summary = text.split(',')
    else if (!text.startsWith('`')) continue
    else if (summary) totals = readTotals(summary, splitRow(text), refunds)
    else if (columns && isRefund(pick(columns, splitRow(text))?.state)) refunds += 1
  }
  return columns ? { totals } : null
}

/** The rows one by one. The file is closed when they are read, or when the reader has had enough. */
export async function* readLines(
  file: StatementFile,
  merchantId: string,
): AsyncGenerator<StatementLine> {
  let columns: ColumnIndex | null = null
  let line_no = 0
  try {
    for await (const line of file.lines()) {
      line_no += 1
      const text = decode(line)
      if (text?.startsWith(SUMMARY_NAMES.count)) return
      if (!columns && text !== null) columns = findColumns(text)
      else if (line !== '') yield readRow(columns, text, { line, line_no, merchantId })
    }
  } finally {
    await file.close()
  }
}

interface Place {
  readonly line: string
  readonly line_no: number
  readonly merchantId: string
}

function readRow(columns: ColumnIndex | null, text: string | null, place: Place): StatementLine {
  const unreadable = (reason: string): StatementLine => ({
    ...{ kind: 'unreadable', line_no: place.line_no, reason },
    text: (text ?? place.line).slice(0, TEXT_LENGTH_MAX),
  })
  if (text === null) return unreadable('it is not UTF-8')
  const cells = columns && text.startsWith('`') ? pick(columns, splitRow(text)) : null
  if (!cells) return unreadable('it has not the columns of the header')
  if (cells.merchant_id !== place.merchantId) return unreadable('it is about another merchant')
  const occurred_at = readTime(cells.at)
  if (!occurred_at) return unreadable(`no time: ${cells.at}`)
  const fee = parseFee(cells.fee)
  if (fee === null) return unreadable(`no fee: ${cells.fee}`)
  if (!/^[A-Z]{3}$/.test(cells.currency)) return unreadable(`no currency: ${cells.currency}`)
  const { line_no } = place
  const common = { line_no, order_no: cells.order_no, fee, occurred_at }
  if (cells.order_no === '') return unreadable('it names no order')
  if (cells.state === 'SUCCESS') {
    const minor = parseYuan(cells.paid)
    if (minor === null) return unreadable(`no amount: ${cells.paid}`)
    const { transaction_no } = cells
    return { ...common, kind: 'payment', transaction_no, amount: money(minor, cells.currency) }
  }
  if (!isRefund(cells.state)) return unreadable(`the unrecognised state ${cells.state}`)
  if (!REFUND_STATES.has(cells.refund_state)) {
    return unreadable(`the refund state ${cells.refund_state}`)
  }
  const minor = parseYuan(cells.refunded)
  if (minor === null) return unreadable(`no amount: ${cells.refunded}`)
  const { refund_no, refund_id: transaction_no } = cells
  return {
    ...common,
    kind: 'refund',
    refund_no,
    transaction_no,
    amount: money(minor, cells.currency),
  }
}

/** Money has left the merchant in both; a failed refund changed nothing and is looked at by somebody. */
const REFUND_STATES: ReadonlySet<string> = new Set(['SUCCESS', 'PROCESSING'])

type ColumnIndex = Readonly<Record<Column, number>> & { readonly count: number }

function findColumns(text: string): ColumnIndex | null {
  const names = text.replace(BYTE_ORDER_MARK, '').split(',')
  const at = (column: Column) => names.indexOf(COLUMN_NAMES[column])
  const index: ColumnIndex = {
    count: names.length,
    at: at('at'),
    merchant_id: at('merchant_id'),
    transaction_no: at('transaction_no'),
    order_no: at('order_no'),
    state: at('state'),
    currency: at('currency'),
    refund_id: at('refund_id'),
    refund_no: at('refund_no'),
    refund_state: at('refund_state'),
    fee: at('fee'),
    paid: at('paid'),
    refunded: at('refunded'),
  }
  return Object.values(index).includes(-1) ? null : index
}

function pick(columns: ColumnIndex, cells: readonly string[]): Cells | null {
  if (cells.length !== columns.count) return null
  const cell = (column: Column) => cells[columns[column]] ?? ''
  return {
    at: cell('at'),
    merchant_id: cell('merchant_id'),
    transaction_no: cell('transaction_no'),
    order_no: cell('order_no'),
    state: cell('state'),
    currency: cell('currency'),
    refund_id: cell('refund_id'),
    refund_no: cell('refund_no'),
    refund_state: cell('refund_state'),
    fee: cell('fee'),
    paid: cell('paid'),
    refunded: cell('refunded'),
  }
}

/** Every value begins with a back-tick, so a comma inside one parts nothing. */
function splitRow(text: string): readonly string[] {
  return text.slice(1).split(',`')
}

function readTotals(
  names: readonly string[],
  cells: readonly string[],
  refund_count: number,
): StatementTotals | null {
  const cell = (name: string) => cells[names.indexOf(name)] ?? ''
  const count = cell(SUMMARY_NAMES.count)
  const payment_amount = parseYuan(cell(SUMMARY_NAMES.paid))
  const refund_amount = parseYuan(cell(SUMMARY_NAMES.refunded))
  if (!/^\d{1,9}$/.test(count) || payment_amount === null || refund_amount === null) return null
  // WeChat counts payments and refunds together; what is no refund is a payment.
  return {
    payment_count: Number(count) - refund_count,
    payment_amount,
    refund_count,
    refund_amount,
  }
}

function isRefund(state: string | undefined): boolean {
  return state === 'REFUND' || state === 'REVOKED'
}

function parseYuan(text: string): bigint | null {
  const match = /^(\d{1,15})\.(\d{2})$/.exec(text)
  return match ? BigInt(`${match[1]}${match[2]}`) : null
}

/** Five decimals, below zero when WeChat gives it back; anything below a fen is rounded half up. */
function parseFee(text: string): bigint | null {
  const match = /^(-?)(\d{1,15})\.(\d{2})(\d{0,3})$/.exec(text)
  if (!match) return null
  const [, sign, whole = '', cents = '', rest = ''] = match
  const minor = BigInt(whole + cents) + (/^[5-9]/.test(rest) ? 1n : 0n)
  return sign === '-' ? -minor : minor
}

function readTime(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null
  const moment = new Date(`${text.replace(' ', 'T')}+08:00`)
  return Number.isNaN(moment.getTime()) ? null : moment
}

function decode(latin1: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(latin1, 'latin1'),
    )
  } catch {
    return null
  }
}
