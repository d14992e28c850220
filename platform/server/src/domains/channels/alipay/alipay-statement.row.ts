import { money, parseMajorText } from '../../../kernel/money.js'
import type { StatementLine } from '../channel.port.js'
import { CURRENCY, fromWireTime } from './alipay.wire.js'

/** The columns that are read, by their headings. */
const HEADINGS = {
  transaction_no: '支付宝交易号',
  order_no: '商户订单号',
  type: '业务类型',
  occurred_at: '完成时间',
  amount: '订单金额（元）',
  refund_no: '退款批次号/请求号',
  fee: '服务费（元）',
} as const
type Column = keyof typeof HEADINGS

/** Where each column stands, for Alipay has added columns before. */
export class StatementColumns {
  private constructor(
    private readonly positions: Readonly<Record<Column, number>>,
    readonly count: number,
  ) {}

  /** Null when a line is not the headings, or lacks one of them. */
  static find(line: string): StatementColumns | null {
    const cells = splitCells(line)
    const at = (column: Column) => cells.indexOf(HEADINGS[column])
    const positions = {
      transaction_no: at('transaction_no'),
      order_no: at('order_no'),
      type: at('type'),
      occurred_at: at('occurred_at'),
      amount: at('amount'),
      refund_no: at('refund_no'),
      fee: at('fee'),
    }
    const isWhole = Object.values(positions).every((position) => position >= 0)
    return isWhole ? new StatementColumns(positions, cells.length) : null
  }

  cell(cells: readonly string[], column: Column): string {
    return cells[this.positions[column]] ?? ''
  }
}

/** One cell with the comma or the end behind it. */
const CELL = /\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(,|$)/y

/** Cells between commas, without quotes and without the tabs and blanks they are padded with. */
export function splitCells(line: string): string[] {
  const cells: string[] = []
  CELL.lastIndex = 0
  for (let isLast = false; !isLast; ) {
    const [, quoted, plain = '', comma] = CELL.exec(line) ?? []
    cells.push((quoted === undefined ? plain : quoted.replaceAll('""', '"')).trim())
    isLast = comma !== ','
  }
  return cells
}

interface RawLine {
  readonly line_no: number
  readonly text: string
}

/** One row; whatever fits no schema is kept as it came. */
export function readRow(
  columns: StatementColumns,
  cells: readonly string[],
  { line_no, text }: RawLine,
): StatementLine {
  const unreadable = (reason: string): StatementLine => ({
    kind: 'unreadable',
    line_no,
    text,
    reason,
  })
  if (cells.length !== columns.count) {
    return unreadable(`${cells.length} cells where there are ${columns.count} columns`)
  }
  const cell = (column: Column) => columns.cell(cells, column)
  const order_no = cell('order_no')
  const transaction_no = cell('transaction_no')
  const minor = parseSignedYuan(cell('amount'))
  const feeChange = parseSignedYuan(cell('fee'))
  const occurred_at = fromWireTime(cell('occurred_at'))
  if (order_no === '' || transaction_no === '') return unreadable('a number is missing')
  if (minor === null || feeChange === null) return unreadable('an amount is not in yuan')
  if (!occurred_at) return unreadable('its time is not a time')
  // The fee is written as it moves the merchant's purse.
  const common = { line_no, order_no, transaction_no, fee: -feeChange, occurred_at }
  switch (cell('type')) {
    case '交易':
      return minor > 0n
        ? { kind: 'payment', ...common, amount: money(minor, CURRENCY) }
        : unreadable('a payment that is not above zero')
    case '退款': {
      const refund_no = cell('refund_no')
      if (refund_no === '') return unreadable('a refund without its number')
      return minor < 0n
        ? { kind: 'refund', ...common, refund_no, amount: money(-minor, CURRENCY) }
        : unreadable('a refund that is not below zero')
    }
    default:
      return unreadable('neither a payment nor a refund')
  }
}

/** `-12.50`, `12.50`, `12.5`; null when it is none of these. */
export function parseSignedYuan(text: string): bigint | null {
  const minor = parseMajorText(text.replace(/^[-+]/, ''))
  return minor !== null && text.startsWith('-') ? -minor : minor
}
