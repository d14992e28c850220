import { crc32 } from 'node:zlib'
import iconv from 'iconv-lite'
import type { StatementLine, StatementResult, StatementTotals } from '../channel.port.js'
import { type ArchiveEntry, readArchive } from './alipay.archive.js'
import type { AlipayReply } from './alipay.client.js'
import { describeResult, unknown } from './alipay.mapper.js'
import type { AlipayMerchant } from './alipay.settings.js'
import { BillUrlMessage, CODE_SUCCESS } from './alipay.wire.js'
import { parseSignedYuan, readRow, StatementColumns, splitCells } from './alipay-statement.row.js'

const EMPTY_DAY = 'EMPTY_DATA_WITH_BILL_FILE'
const CHARSET = 'gbk'
/** In the name of the file with sums only. */
const SUMMARY = '汇总'
const LIST_END = '业务明细列表结束'
const INFLATED_BYTES_MAX = 4 * 1024 * 1024 * 1024

type BillUrl =
  | { readonly kind: 'found'; readonly url: string }
  | Exclude<StatementResult, { kind: 'ready' }>

export function mapBillUrl(reply: AlipayReply, merchant: AlipayMerchant): BillUrl {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  const { result } = reply
  if (result.code !== CODE_SUCCESS) {
    // Spelt `isp.bill_not_exist` and `BILL_NOT_EXIST` over the years.
    return /(^|\.)bill_not_exist$/i.test(result.sub_code)
      ? { kind: 'not_ready', reason: 'Alipay has not made the statement yet' }
      : unknown(describeResult(result))
  }
  const bill = BillUrlMessage.safeParse(result)
  if (!bill.success) return unknown('a statement without its address')
  if (bill.data.bill_file_code === EMPTY_DAY) return { kind: 'empty' }
  const url = bill.data.bill_download_url
  return isTrusted(url, merchant)
    ? { kind: 'found', url }
    : unknown('the statement is at an address that is neither https nor the gateway itself')
}

/** https, or where the account itself says Alipay is: the simulator on this machine. */
function isTrusted(text: string, { gateway }: AlipayMerchant): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return url.protocol === 'https:' || url.origin === new URL(gateway).origin
}

export interface StatementOf {
  readonly merchant_id: string
  readonly day: string
}

/** Reads the archive twice: first to prove it whole and ours, then, as it is asked for, line by line. */
export async function readStatement(zip: Buffer, of: StatementOf): Promise<StatementResult> {
  const entries = readArchive(zip)
  const entry = entries?.find((candidate) => {
    const name = iconv.decode(candidate.name, CHARSET)
    return name.endsWith('.csv') && !name.includes(SUMMARY)
  })
  if (!entry) return unknown('the statement is not an archive with a file of details')
  const survey = await takeSurvey(entry).catch(() => null)
  if (!survey) return unknown('the statement’s archive is damaged')
  const fault = findFault(survey, of)
  if (fault) return unknown(fault)
  const { totals } = survey
  // Without rows but with a sum of some, something is missing: that is for whoever adds them up.
  const isEmpty =
    survey.rows === 0 && (totals?.payment_count ?? 0) + (totals?.refund_count ?? 0) === 0
  return isEmpty ? { kind: 'empty' } : { kind: 'ready', lines: readLines(entry), totals }
}

interface Survey {
  readonly account: string | null
  readonly from: string | null
  readonly rows: number
  readonly hasHeader: boolean
  readonly isEnded: boolean
  readonly totals: StatementTotals | null
}

function findFault({ account, from, hasHeader, isEnded }: Survey, of: StatementOf): string | null {
  if (!account?.startsWith(of.merchant_id)) return 'the statement of another merchant'
  if (from !== of.day) return 'the statement of another day'
  if (!hasHeader) return 'the statement has not the columns it should have'
  return isEnded ? null : 'the statement was cut short'
}

/** Null when checksum or length are not what the archive says. */
async function takeSurvey(entry: ArchiveEntry): Promise<Survey | null> {
  let checksum = 0
  let size = 0
  const counted = entry.content().on('data', (chunk: Buffer) => {
    checksum = crc32(chunk, checksum)
    size += chunk.length
    if (size > INFLATED_BYTES_MAX) counted.destroy(new RangeError('the statement has no end'))
  })
  const notes = new Map<'account' | 'from' | 'payments' | 'refunds', RegExpExecArray>()
  let rows = 0
  let hasHeader = false
  let isEnded = false
  for await (const { text } of textLines(counted)) {
    if (text.startsWith('#')) {
      note(notes, text)
      isEnded ||= text.includes(LIST_END)
    } else if (!hasHeader) hasHeader = StatementColumns.find(text) !== null
    else if (text.trim() !== '') rows += 1
  }
  if (checksum !== entry.crc32 || size !== entry.size) return null
  const [, account = null] = notes.get('account') ?? []
  const [, year, month, day] = notes.get('from') ?? []
  const from = year === undefined ? null : `${year}-${month}-${day}`
  return { account, from, rows, hasHeader, isEnded, totals: toTotals(notes) }
}

const NOTES = {
  account: /^#账号：\[(\d+)\]/,
  from: /^#起始日期：\[(\d{4})年(\d\d)月(\d\d)日/,
  payments: /^#交易合计：(\d{1,9})笔，商家实收共(-?[\d.]+)元/,
  refunds: /^#退款合计：(\d{1,9})笔，商家实收退款共(-?[\d.]+)元/,
} as const
const NOTE_NAMES = ['account', 'from', 'payments', 'refunds'] as const
type NoteName = (typeof NOTE_NAMES)[number]

function note(notes: Map<NoteName, RegExpExecArray>, text: string): void {
  for (const name of NOTE_NAMES) {
    const match = NOTES[name].exec(text)
    if (match) notes.set(name, match)
  }
}

function toTotals(notes: ReadonlyMap<NoteName, RegExpExecArray>): StatementTotals | null {
  const [, paymentCount, paymentText = ''] = notes.get('payments') ?? []
  const [, refundCount, refundText = ''] = notes.get('refunds') ?? []
  const payments = parseSignedYuan(paymentText)
  const refunds = parseSignedYuan(refundText)
  if (payments === null || refunds === null) return null
  return {
    payment_count: Number(paymentCount),
    payment_amount: payments,
    refund_count: Number(refundCount),
    // Written below zero, as the rows are.
    refund_amount: refunds < 0n ? -refunds : refunds,
  }
}

async function* readLines(entry: ArchiveEntry): AsyncGenerator<StatementLine> {
  let columns: StatementColumns | null = null
  for await (const { text, line_no } of textLines(entry.content())) {
    if (text.startsWith('#') || text.trim() === '') continue
    if (!columns) columns = StatementColumns.find(text)
    else yield readRow(columns, splitCells(text), { text, line_no })
  }
}

interface TextLine {
  readonly line_no: number
  readonly text: string
}

async function* textLines(bytes: NodeJS.ReadableStream): AsyncGenerator<TextLine> {
  const decoder = iconv.getDecoder(CHARSET)
  let rest = ''
  let line_no = 0
  for await (const chunk of bytes) {
    const texts = (rest + decoder.write(Buffer.from(chunk))).split('\n')
    rest = texts.pop() ?? ''
    for (const text of texts) yield { line_no: ++line_no, text: text.replace(/\r$/, '') }
  }
  rest += decoder.end() ?? ''
  if (rest !== '') yield { line_no: line_no + 1, text: rest.replace(/\r$/, '') }
}
