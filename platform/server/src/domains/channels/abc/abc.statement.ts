import { gunzipSync } from 'node:zlib'
import { money, toWireAmount } from '../../../kernel/money.js'
import type { StatementLine, StatementResult, StatementTotals } from '../channel.port.js'
import type { AbcReply, TrxRequest } from './abc.client.js'
import { decodeText } from './abc.envelope.js'
import { parseYuan, unknown } from './abc.mapper.js'
import { wordsOf } from './abc.refusals.js'
import { decodeBase64 } from './abc.signature.js'
import { fromWireStamp } from './abc.time.js'
import { CODE, CURRENCY, SettleResponse } from './abc.wire.js'

/** An answer with a whole day in it, packed; and how much text may come out of it. */
export const STATEMENT_BYTES_MAX = 32 * 1024 * 1024
const TEXT_BYTES_MAX = 256 * 1024 * 1024
const RECORD_SEPARATOR = '^^'
const FIELD_SEPARATOR = '|'
const HEADER_START = '商户号|交易类型|订单编号|交易时间|交易金额'
const FIELDS_MIN = 14

export function toSettle(day: string): TrxRequest {
  return { TrxType: 'Settle', SettleDate: day.replaceAll('-', '/'), ZIP: '1' }
}

export function mapStatement(reply: AbcReply, day: string, merchantId: string): StatementResult {
  if (reply.kind === 'doubtful') return unknown(reply.reason)
  if (reply.code === CODE.statementEmpty) return { kind: 'empty' }
  if (reply.code === CODE.statementNotReady) return { kind: 'not_ready', reason: wordsOf(reply) }
  if (reply.code !== CODE.done) return unknown(wordsOf(reply))
  const parsed = SettleResponse.safeParse(reply.response)
  if (!parsed.success) return unknown('a statement that fits no schema')
  if (parsed.data.SettleDate !== day.replaceAll('-', '/')) {
    return unknown('the statement of another day')
  }
  const totals = toTotals(parsed.data)
  const text = unpack(parsed.data)
  if (!totals) return unknown('a statement whose sums are no amounts')
  if (text === null) return unknown('a statement that cannot be unpacked')
  if (!text.startsWith(HEADER_START)) return unknown('a statement with other columns than we know')
  return { kind: 'ready', lines: readLines(text, merchantId), totals }
}

function unpack(response: SettleResponse): string | null {
  const { ZIPDetailRecords: packed, DetailRecords: plain } = response
  if (!packed) return plain ?? null
  const bytes = decodeBase64(packed)
  try {
    return bytes && decodeText(gunzipSync(bytes, { maxOutputLength: TEXT_BYTES_MAX }))
  } catch {
    return null
  }
}

function toTotals(response: SettleResponse): StatementTotals | null {
  const payment_amount = parseYuan(response.SumOfPayAmount)
  const refund_amount = parseYuan(response.SumOfRefundAmount)
  if (payment_amount === null || refund_amount === null) return null
  return {
    payment_count: Number(response.NumOfPayments),
    payment_amount,
    refund_count: Number(response.NumOfRefunds),
    refund_amount,
  }
}

/** One record after the other, without holding them all; the first has the names of the fields. */
async function* readLines(text: string, merchantId: string): AsyncGenerator<StatementLine> {
  let line_no = 1
  let start = text.indexOf(RECORD_SEPARATOR)
  while (start !== -1) {
    start += RECORD_SEPARATOR.length
    const end = text.indexOf(RECORD_SEPARATOR, start)
    const record = text.slice(start, end === -1 ? undefined : end)
    line_no += 1
    // The separator may also end the last record.
    if (end !== -1 || record.trim() !== '') yield readLine(record, line_no, merchantId)
    start = end
  }
}

export function readLine(text: string, line_no: number, merchantId: string): StatementLine {
  const unreadable = (reason: string): StatementLine => ({
    kind: 'unreadable',
    line_no,
    text,
    reason,
  })
  const fields = text.trim().split(FIELD_SEPARATOR)
  if (fields.length < FIELDS_MIN) return unreadable('it has too few fields')
  const [merchant = '', type = '', no = '', stamp = '', yuan = ''] = fields
  const transaction_no = fields[13] ?? ''
  const oldNo = fields[14] ?? ''
  if (merchant !== merchantId) return unreadable('it is about another merchant')
  const minor = parseYuan(yuan)
  const fee = addFees(fields[9] ?? '', fields[10] ?? '')
  const occurred_at = fromWireStamp(stamp)
  if (minor === null || !isWireAmount(minor)) return unreadable('its amount is none')
  if (fee === null) return unreadable('its fee is no amount')
  if (!occurred_at) return unreadable('its time is none')
  if (no === '' || transaction_no === '') return unreadable('a number is missing')
  const rest = { line_no, transaction_no, amount: money(minor, CURRENCY), fee, occurred_at }
  if (type === 'Sale') return { kind: 'payment', order_no: no, ...rest }
  if (type !== 'Refund') return unreadable('its type is unknown')
  if (oldNo === '') return unreadable('a refund that names no order')
  return { kind: 'refund', order_no: oldNo, refund_no: no, ...rest }
}

function addFees(commission: string, installments: string): bigint | null {
  const fees = [commission, installments].map(parseSignedYuan)
  return fees.reduce((sum, fee) => (sum === null || fee === null ? null : sum + fee), 0n)
}

function parseSignedYuan(text: string): bigint | null {
  if (!text.startsWith('-')) return parseYuan(text)
  const minor = parseYuan(text.slice(1))
  return minor === null ? null : -minor
}

function isWireAmount(minor: bigint): boolean {
  try {
    return toWireAmount(minor) >= 0
  } catch {
    return false
  }
}
