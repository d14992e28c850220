import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import type { Clock } from '../../../../kernel/clock.js'
import { toMajorText } from '../../../../kernel/money.js'
import type { SimulatorStore } from '../simulator.store.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import { type Response, SUCCESS } from './abc.answers.js'
import { CHARSET } from './abc.envelope.js'
import { AbcRefusal } from './abc.refusal.js'
import type { SettleReq } from './abc.schema.js'
import { fromDigits, randomDigits, toBankTime, toDigits } from './abc.text.js'
import { ORDER, REFUND } from './abc.types.js'

const HEADER =
  '商户号|交易类型|订单编号|交易时间|交易金额|商户账号|商户动账金额|客户账号|账户类型|商户回佣手续费|商户分期手续费|会计日期|主机流水号|9014流水号|原订单号'
const MERCHANT_ACCOUNT = '720101040217999'
const PAYER_ACCOUNT = '6228480428940601977'
const ACCOUNT_TYPE = '401'
/** The bank keeps two thousandths, rounded down to the fen. */
const FEE_PER_THOUSAND = 2n

/** The hour of the next day from which on a statement is there. */
const READY_HOUR = '080000'
const DAY_MS = 24 * 3_600_000

interface Row {
  readonly type: 'Sale' | 'Refund'
  readonly no: string
  readonly order_no: string
  readonly fen: bigint
  readonly rsp_ref: string
  readonly at: Date
}

export interface StatementOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly faults: SimulatorFaults
}

/** Everything that moved money on one day, as the bank tells it the morning after. */
export class AbcStatements {
  constructor(private readonly options: StatementOptions) {}

  async settle(merchantId: string, request: SettleReq): Promise<Response> {
    const { clock, faults } = this.options
    const day = request.SettleDate
    if (clock.now() < readyAt(day)) throw new AbcRefusal('E007')
    if (await faults.strikesMerchant('statement_late', merchantId)) throw new AbcRefusal('E007')
    const rows = await this.distorted(merchantId, await this.rowsOf(merchantId, day))
    if (rows.length === 0) throw new AbcRefusal('E008')
    const sales = rows.filter((row) => row.type === 'Sale')
    const refunds = rows.filter((row) => row.type === 'Refund')
    const text = [HEADER, ...rows.map((row) => toLine(merchantId, row))].join('^^')
    const bytes = iconv.encode(text, CHARSET)
    return {
      ...SUCCESS,
      TrxType: 'Settle',
      SettleDate: day,
      SettleType: 'SETTLE',
      NumOfPayments: String(sales.length),
      SumOfPayAmount: toMajorText(sumOf(sales)),
      NumOfRefunds: String(refunds.length),
      SumOfRefundAmount: toMajorText(sumOf(refunds)),
      ...(request.ZIP === '1'
        ? { ZIPDetailRecords: gzipSync(bytes).toString('base64') }
        : { DetailRecords: text }),
    }
  }

  private async rowsOf(merchantId: string, day: string): Promise<readonly Row[]> {
    const { store } = this.options
    const orders = await store.list(ORDER, `${merchantId}/`)
    const refunds = await store.list(REFUND, `${merchantId}/`)
    const sales = orders.flatMap(({ order_no, amount, rsp_ref, paid_at }): Row[] => {
      if (rsp_ref === null || paid_at === null) return []
      const at = new Date(paid_at)
      return [{ type: 'Sale', no: order_no, order_no: '', fen: BigInt(amount), rsp_ref, at }]
    })
    const given = refunds.flatMap(({ refund_no, order_no, amount, rsp_ref, settled_at }): Row[] => {
      if (settled_at === null) return []
      const at = new Date(settled_at)
      return [{ type: 'Refund', no: refund_no, order_no, fen: BigInt(amount), rsp_ref, at }]
    })
    return [...sales, ...given]
      .filter((row) => toBankTime(row.at).date === day)
      .sort((a, b) => a.at.getTime() - b.at.getTime())
  }

  /** A statement that is wrong adds up all the same: only the merchant's books tell. */
  private async distorted(merchantId: string, rows: readonly Row[]): Promise<readonly Row[]> {
    const { faults } = this.options
    const [first, ...rest] = rows
    if (!first) return rows
    if (await faults.strikesMerchant('statement_short', merchantId)) return rest
    if (await faults.strikesMerchant('statement_long', merchantId)) {
      const no = `STRANGER${toDigits(first.at)}`
      const rsp_ref = `9RECEP${randomDigits(14)}`
      return [...rows, { ...first, type: 'Sale', no, order_no: '', rsp_ref }]
    }
    if (await faults.strikesMerchant('statement_off_by_a_fen', merchantId)) {
      return [{ ...first, fen: first.fen + 1n }, ...rest]
    }
    return rows
  }
}

function toLine(merchantId: string, { type, no, order_no, fen, rsp_ref, at }: Row): string {
  const fee = type === 'Sale' ? (fen * FEE_PER_THOUSAND) / 1000n : 0n
  const digits = toDigits(at)
  return [
    merchantId,
    type,
    no,
    digits,
    toMajorText(fen),
    MERCHANT_ACCOUNT,
    toMajorText(fen - fee),
    PAYER_ACCOUNT,
    ACCOUNT_TYPE,
    toMajorText(fee),
    '0.00',
    digits.slice(0, 8),
    digits.slice(5),
    rsp_ref,
    order_no,
  ].join('|')
}

function sumOf(rows: readonly Row[]): bigint {
  return rows.reduce((sum, row) => sum + row.fen, 0n)
}

/** @param day `YYYY/MM/DD` */
function readyAt(day: string): Date {
  const start = fromDigits(`${day.replaceAll('/', '')}${READY_HOUR}`)
  if (!start) throw new AbcRefusal('APE009', '请求报文格式错误：SettleDate')
  return new Date(start.getTime() + DAY_MS)
}
