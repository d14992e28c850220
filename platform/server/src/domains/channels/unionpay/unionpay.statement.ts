import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { unzipSync } from 'fflate'
import iconv from 'iconv-lite'
import { money } from '../../../kernel/money.js'
import type { StatementLine, StatementResult } from '../channel.port.js'
import type { UnionpayReply } from './unionpay.client.js'
import type { Fields } from './unionpay.fields.js'
import { fromTraceTime } from './unionpay.time.js'
import { CURRENCY, FileMessage, RESPONSE, TRANSACTION } from './unionpay.wire.js'

const inflateAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)

/** An answer with a statement in it; a line takes some 600 bytes and is packed to a tenth. */
export const FILE_ANSWER_BYTES_MAX = 64 * 1024 * 1024
const UNPACKED_BYTES_MAX = 256 * 1024 * 1024

/** Widths of the fields of a ZM line in bytes, each followed by a blank. */
const WIDTHS = [
  ...[3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2],
  ...[6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32],
] as const

/** Where each field ends. */
const ENDS: readonly number[] = WIDTHS.map((_, index) => {
  return WIDTHS.slice(0, index + 1).reduce<number>((sum, width) => sum + width, index)
})
const LENGTH_MIN = ENDS.at(-1) ?? 0

/** The fields that are read, by their number in the line. */
const FIELD = {
  time: 5,
  amount: 7,
  queryId: 10,
  orderId: 12,
  fee: 16,
  txnType: 20,
  merId: 28,
  origOrderId: 41,
} as const
type FieldName = keyof typeof FIELD

const DAY_MS = 24 * 60 * 60 * 1000
const PATIENCE_DAYS = 2
const LINE_FEED = 0x0a

export function toFileRequest(day: string, txnTime: string): Fields {
  return { ...TRANSACTION.file, txnTime, fileType: '00', settleDate: day.slice(5).replace('-', '') }
}

/** Reads the answer to a request for the statement of `day`; its signature covers the whole file. */
export async function mapStatement(
  reply: UnionpayReply,
  { day, merchantId, now }: { day: string; merchantId: string; now: Date },
): Promise<StatementResult> {
  if (reply.kind === 'doubtful') return { kind: 'unknown', reason: reply.reason }
  const answer = FileMessage.safeParse(reply.fields)
  if (!answer.success) return { kind: 'unknown', reason: 'an answer that fits no schema' }
  const { respCode, respMsg, settleDate, fileContent } = answer.data
  if (respCode === RESPONSE.noFile) return mapAbsence(day, now)
  if (respCode !== RESPONSE.success || fileContent === undefined) {
    const reason = `UnionPay says ${JSON.stringify(respCode.slice(0, 8))}: ${respMsg.slice(0, 200)}`
    return { kind: 'unknown', reason }
  }
  if (settleDate !== undefined && settleDate !== day.slice(5).replace('-', '')) {
    return { kind: 'unknown', reason: 'the file of another day' }
  }
  const content = await unpack(fileContent)
  if (!content) return { kind: 'unknown', reason: 'a file that does not unpack' }
  if (content.every((byte) => byte <= 0x20)) return { kind: 'empty' }
  return { kind: 'ready', lines: readLines(content, day, merchantId), totals: null }
}

/** "No such file" is what UnionPay says before it made one, and of a day on which nothing happened. */
function mapAbsence(day: string, now: Date): StatementResult {
  const endedAt = new Date(`${day}T00:00:00+08:00`).getTime() + DAY_MS
  return now.getTime() > endedAt + PATIENCE_DAYS * DAY_MS
    ? { kind: 'empty' }
    : { kind: 'not_ready', reason: 'UnionPay has no file for this day (98)' }
}

/** Base64 of a deflated zip archive; its ZM files one after another. Null when it is none. */
async function unpack(fileContent: string): Promise<Buffer | null> {
  try {
    const packed = Buffer.from(fileContent, 'base64')
    const archive = await inflateAsync(packed, { maxOutputLength: FILE_ANSWER_BYTES_MAX })
    let bytesLeft = UNPACKED_BYTES_MAX
    const files = unzipSync(archive, {
      filter(file) {
        if (!/ZM_/.test(file.name)) return false
        bytesLeft -= file.originalSize
        if (bytesLeft < 0) throw new Error('the archive unpacks to too much')
        return true
      },
    })
    const [first, ...others] = Object.values(files).map((file) => {
      return Buffer.from(file.buffer, file.byteOffset, file.byteLength)
    })
    // Most archives hold one such file, which is then not copied.
    if (!first) return null
    return others.length === 0 ? first : Buffer.concat([first, ...others])
  } catch {
    return null
  }
}

async function* readLines(
  content: Buffer,
  day: string,
  merchantId: string,
): AsyncGenerator<StatementLine> {
  let lineNo = 0
  let start = 0
  while (start < content.length) {
    const end = content.indexOf(LINE_FEED, start)
    const bytes = content.subarray(start, end < 0 ? content.length : end)
    start = end < 0 ? content.length : end + 1
    if (bytes.every((byte) => byte <= 0x20)) continue
    lineNo += 1
    yield readLine(bytes, lineNo, day, merchantId)
  }
}

function readLine(bytes: Buffer, lineNo: number, day: string, merchantId: string): StatementLine {
  const unreadable = (reason: string): StatementLine => ({
    kind: 'unreadable',
    line_no: lineNo,
    text: iconv.decode(bytes, 'gbk').trimEnd(),
    reason,
  })
  const fields = split(bytes)
  if (!fields) return unreadable('its fields are not where they belong')
  if (fields.merId !== merchantId) return unreadable('it is about another merchant')
  const occurred_at = fromTraceTime(fields.time, day.replaceAll('-', ''))
  const fee = readFee(fields.fee)
  if (!occurred_at || fee === null || !/^\d{12}$/.test(fields.amount)) {
    return unreadable('its time, amount or fee is none')
  }
  const common = {
    line_no: lineNo,
    transaction_no: fields.queryId,
    amount: money(BigInt(fields.amount), CURRENCY),
    fee,
    occurred_at,
  }
  if (!fields.orderId || !fields.queryId) return unreadable('it has no number')
  if (fields.txnType === TRANSACTION.pay.txnType) {
    return { kind: 'payment', order_no: fields.orderId, ...common }
  }
  if (fields.txnType === TRANSACTION.refund.txnType) {
    if (!fields.origOrderId) return unreadable('it does not name the refunded order')
    return { kind: 'refund', order_no: fields.origOrderId, refund_no: fields.orderId, ...common }
  }
  return unreadable(`its txnType ${JSON.stringify(fields.txnType)} is not followed here`)
}

/** Null when the line is too short, or something else than a blank stands between two fields. */
function split(bytes: Buffer): Readonly<Record<FieldName, string>> | null {
  if (bytes.length < LENGTH_MIN || !ENDS.every((end) => isBlank(bytes[end]))) return null
  // What is read is ASCII; names in the line are GBK, and are left alone.
  const text = (name: FieldName): string => {
    const end = ENDS[FIELD[name] - 1] ?? 0
    return bytes.toString('latin1', end - (WIDTHS[FIELD[name] - 1] ?? 0), end).trim()
  }
  return {
    time: text('time'),
    amount: text('amount'),
    queryId: text('queryId'),
    orderId: text('orderId'),
    fee: text('fee'),
    txnType: text('txnType'),
    merId: text('merId'),
    origOrderId: text('origOrderId'),
  }
}

/** A blank, or the end of the line. */
function isBlank(byte: number | undefined): boolean {
  return byte === undefined || byte === 0x20 || byte === 0x0d
}

/** `D000000000074`: kept by UnionPay; `C…`: given back. */
function readFee(text: string): bigint | null {
  if (!/^[CD]\d{12}$/.test(text)) return null
  const fee = BigInt(text.slice(1))
  return text.startsWith('C') ? -fee : fee
}
