import { deflateSync } from 'node:zlib'
import { zipSync } from 'fflate'
import iconv from 'iconv-lite'
import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore } from '../simulator.store.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import { UnionpayRefusal } from './unionpay.refusal.js'
import type { Fields } from './unionpay.signature.js'
import { dayOfFile, toDay, toTraceTime } from './unionpay.time.js'
import { ORDER, type OrderRecord, REFUND, type RefundRecord } from './unionpay.types.js'

/** 0.55 % of every payment, given back with a refund. */
const FEE_PER_10_000 = 55n

export interface StatementOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly faults: SimulatorFaults
}

/** The file of a day: everything that moved money on it, in lines of fixed width. */
export class UnionpayStatements {
  constructor(private readonly options: StatementOptions) {}

  /** @throws UnionpayRefusal 98 when there is no file for this day, or not yet. */
  async file(merchantId: string, settleDate: string): Promise<Fields> {
    const { clock, faults } = this.options
    const day = dayOfFile(settleDate, clock.now())
    const isLate = await faults.strikesMerchant('statement_late', merchantId)
    if (day === null || isLate) throw new UnionpayRefusal('98')
    const lines = await this.linesOf(merchantId, day)
    const name = `INN${day.slice(2)}88ZM_${merchantId}`
    const text = lines.map((line) => `${line}\r\n`).join('')
    const archive = zipSync({ [name]: iconv.encode(text, 'gbk') })
    return {
      settleDate,
      fileType: '00',
      fileName: `${merchantId}_${day}.zip`,
      fileContent: deflateSync(archive).toString('base64'),
    }
  }

  private async linesOf(merchantId: string, day: string): Promise<string[]> {
    const { store, faults } = this.options
    const orders = (await store.list(ORDER, `${merchantId}/`)).filter(
      (order) => order.paid_at !== null && toDay(new Date(order.paid_at)) === day,
    )
    const refunds = (await store.list(REFUND, `${merchantId}/`)).filter(
      (refund) => refund.settled_at !== null && toDay(new Date(refund.settled_at)) === day,
    )
    const entries = [...orders.map(orderEntry), ...refunds.map(refundEntry)]
    if (await faults.strikesMerchant('statement_short', merchantId)) entries.pop()
    if (await faults.strikesMerchant('statement_long', merchantId)) {
      entries.push(strangeEntry(merchantId, day))
    }
    const [first] = entries
    if (first && (await faults.strikesMerchant('statement_off_by_a_fen', merchantId))) {
      entries[0] = { ...first, amount: first.amount + 1 }
    }
    return entries.map(toLine)
  }
}

interface Entry {
  readonly code: 'S22' | 'S30'
  readonly txnType: string
  readonly txnSubType: string
  readonly merchant_id: string
  readonly order_id: string
  readonly query_id: string
  readonly amount: number
  readonly at: Date
  readonly original: { readonly order_id: string; readonly query_id: string } | null
}

function orderEntry(order: OrderRecord): Entry {
  const { merchant_id, order_id, amount, query_id, paid_at } = order
  return {
    ...{ code: 'S22', txnType: '01', txnSubType: '01', merchant_id, order_id, amount },
    ...{ query_id: query_id ?? '', at: new Date(paid_at ?? 0), original: null },
  }
}

function refundEntry(refund: RefundRecord): Entry {
  const { merchant_id, order_id, amount, query_id, settled_at, original, txn_type } = refund
  return {
    ...{ code: 'S30', txnType: txn_type, txnSubType: '00', merchant_id, order_id, amount },
    ...{ query_id, at: new Date(settled_at ?? 0), original },
  }
}

/** A payment that the merchant never asked for. */
function strangeEntry(merchantId: string, day: string): Entry {
  return {
    ...{ code: 'S22', txnType: '01', txnSubType: '01', merchant_id: merchantId },
    ...{ order_id: `STRANGE${day}`, query_id: `${day}120000${'0'.repeat(7)}`, amount: 4_200 },
    ...{ at: new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T12:00:00+08:00`) },
    original: null,
  }
}

/** One line of the ZM file: fields of fixed width with a blank between them. */
function toLine(entry: Entry): string {
  const isRefund = entry.original !== null
  const fee = (BigInt(entry.amount) * FEE_PER_10_000 + 5_000n) / 10_000n
  const net = BigInt(entry.amount) - fee
  const cells: readonly (readonly [width: number, value: string])[] = [
    ...([
      [3, entry.code],
      [11, '48270000'],
      [11, '00010000'],
      [6, entry.query_id.slice(-6)],
    ] as const),
    ...([
      [10, toTraceTime(entry.at)],
      [19, '621700******1234'],
      [12, digits(BigInt(entry.amount))],
    ] as const),
    ...([
      [4, '8220'],
      [2, '07'],
      [21, entry.query_id],
      [2, ''],
      [32, entry.order_id],
    ] as const),
    ...([
      [2, '01'],
      [6, entry.original?.query_id.slice(-6) ?? ''],
      [10, ''],
    ] as const),
    ...([[13, `${isRefund ? 'C' : 'D'}${digits(fee)}`]] as const),
    ...([
      [13, `${isRefund ? 'D' : 'C'}${digits(net)}`],
      [4, '0201'],
      [15, ''],
    ] as const),
    ...([
      [2, entry.txnType],
      [2, entry.txnSubType],
      [6, '000201'],
      [2, '01'],
      [4, ''],
    ] as const),
    ...([
      [32, ''],
      [1, '0'],
      [21, entry.original?.query_id ?? ''],
      [15, entry.merchant_id],
    ] as const),
    ...([
      [1, '0'],
      [15, ''],
      [32, ''],
      [13, ''],
      [13, `${isRefund ? 'D' : 'C'}${digits(net)}`],
    ] as const),
    ...([
      [8, ''],
      [32, ''],
      [13, ''],
      [13, ''],
      [12, ''],
      [2, ''],
      [1, '0'],
    ] as const),
    ...([
      [32, entry.original?.order_id ?? ''],
      [98, ''],
    ] as const),
  ]
  return cells.map(([width, value]) => value.slice(0, width).padEnd(width)).join(' ')
}

function digits(amount: bigint): string {
  return amount.toString().padStart(12, '0')
}
