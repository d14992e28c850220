import { randomBytes } from 'node:crypto'
import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore } from '../simulator.store.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import { AlipayRefusal } from './alipay.refusal.js'
import { fromWireTime, toWireDay } from './alipay.time.js'
import type { AlipayTiming } from './alipay.timing.js'
import {
  BILL,
  type BillRecord,
  type MerchantRecord,
  REFUND,
  type RefundRecord,
  TRADE,
  type TradeRecord,
} from './alipay.types.js'
import { type BillRow, writeBill } from './alipay-bill.csv.js'
import { writeZip } from './alipay-bill.zip.js'

/** The statement of a day is there from nine o'clock of the next. */
const READY_MS = (24 + 9) * 3_600_000
const TOKEN_BYTES = 24
/** What Alipay keeps of a payment, and gives back with a refund: 0.6 %. */
const FEE_PER_MILLE = 6n

export interface BillsOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly faults: SimulatorFaults
  readonly timing: AlipayTiming
}

export interface BillAddress {
  readonly token: string
  readonly isEmpty: boolean
}

/** The statement of a business day, over everything the simulator did on it. */
export class AlipayBills {
  constructor(private readonly options: BillsOptions) {}

  /** Makes an address that works for a short while. */
  async open(merchant: MerchantRecord, day: string): Promise<BillAddress> {
    const { store, clock, faults, timing } = this.options
    const { merchant_id } = merchant
    const readyMs = (fromWireTime(`${day} 00:00:00`)?.getTime() ?? Number.NaN) + READY_MS
    const nowMs = clock.now().getTime()
    if (!(nowMs >= readyMs) || (await faults.strikesMerchant('statement_late', merchant_id))) {
      throw new AlipayRefusal('isp.bill_not_exist')
    }
    const fault = await this.faultOf(merchant_id)
    const bill = { merchant_id, day, fault }
    const token = randomBytes(TOKEN_BYTES).toString('hex')
    const expires_at = new Date(nowMs + timing.billUrlMs).toISOString()
    await store.transaction((tx) => tx.insert(BILL, token, { ...bill, expires_at }))
    return { token, isEmpty: (await this.rows(bill)).length === 0 }
  }

  /** The archive behind an address; null when there is none, or not any more. */
  async download(token: string): Promise<Buffer | null> {
    const { store, clock } = this.options
    const bill = await store.find(BILL, token)
    if (!bill || new Date(bill.expires_at) < clock.now()) return null
    const { merchant_id, day } = bill
    const rows = await this.rows(bill)
    return writeZip(writeBill({ merchant_id, day, made_at: clock.now(), rows }))
  }

  private async faultOf(merchantId: string): Promise<BillRecord['fault']> {
    const { faults } = this.options
    for (const fault of ['statement_short', 'statement_long', 'statement_off_by_a_fen'] as const) {
      if (await faults.strikesMerchant(fault, merchantId)) return fault
    }
    return null
  }

  private async rows(bill: Omit<BillRecord, 'expires_at'>): Promise<BillRow[]> {
    const { merchant_id, day, fault } = bill
    const trades = await this.options.store.list(TRADE, `${merchant_id}/`)
    const refunds = await this.options.store.list(REFUND, `${merchant_id}/`)
    const byNo = new Map(trades.map((trade) => [trade.out_trade_no, trade]))
    const rows = [
      ...trades.flatMap(toPayment),
      ...refunds.flatMap((refund) => toRefund(refund, byNo.get(refund.out_trade_no))),
    ]
      .filter((row) => toWireDay(row.finished_at) === day)
      .sort((a, b) => a.finished_at.getTime() - b.finished_at.getTime())
    return spoil(rows, fault, day)
  }
}

function toPayment(trade: TradeRecord): BillRow[] {
  const { paid_at, created_at, trade_no, out_trade_no, subject } = trade
  if (paid_at === null || trade_no === null) return []
  const amount = BigInt(trade.total)
  return [
    {
      ...{ type: '交易', trade_no, out_trade_no, out_request_no: '', subject, amount },
      created_at: new Date(created_at ?? paid_at),
      finished_at: new Date(paid_at),
      fee: -feeOf(amount),
    },
  ]
}

function toRefund(refund: RefundRecord, trade: TradeRecord | undefined): BillRow[] {
  if (refund.status !== 'done') return []
  const { trade_no, out_trade_no, out_request_no, refunded_at } = refund
  const amount = BigInt(refund.amount)
  return [
    {
      ...{ type: '退款', trade_no, out_trade_no, out_request_no, amount: -amount },
      subject: trade?.subject ?? '',
      created_at: new Date(trade?.created_at ?? refunded_at),
      finished_at: new Date(refunded_at),
      fee: feeOf(amount),
    },
  ]
}

/** To the nearest fen, half up. */
function feeOf(amount: bigint): bigint {
  return (amount * FEE_PER_MILLE + 500n) / 1000n
}

/** What a fault makes of a statement. Its sums follow its rows: it is wrong, and whole. */
function spoil(rows: readonly BillRow[], fault: BillRecord['fault'], day: string): BillRow[] {
  const [first, ...others] = rows
  switch (fault) {
    case 'statement_short':
      return rows.slice(0, -1)
    case 'statement_off_by_a_fen':
      return first ? [{ ...first, amount: first.amount + 1n }, ...others] : []
    case 'statement_long':
      return [...rows, strangeRow(day)]
    case null:
      return [...rows]
  }
}

/** A payment that no order of the merchant knows of. */
function strangeRow(day: string): BillRow {
  const finished_at = new Date(`${day}T23:59:59+08:00`)
  return {
    type: '交易',
    trade_no: `${day.replaceAll('-', '')}22001000000000000000`,
    out_trade_no: `STRANGE${randomBytes(8).toString('hex').toUpperCase()}`,
    out_request_no: '',
    subject: '未知订单',
    created_at: finished_at,
    finished_at,
    amount: 8_888n,
    fee: -53n,
  }
}
