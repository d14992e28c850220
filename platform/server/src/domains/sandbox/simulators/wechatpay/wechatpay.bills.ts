import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { businessDate, type Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore } from '../simulator.store.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import { randomText } from './wechatpay.cipher.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import type { TradeBillQuery } from './wechatpay.schema.js'
import { BILL, type MerchantRecord, ORDER, REFUND } from './wechatpay.types.js'
import { type BillRow, renderBill, toPaymentRow, toRefundRow } from './wechatpay-bill.text.js'

/** "建议商户10点后再获取": the bill of a day is made on the next morning. */
const READY_HOUR = 10
const KEPT_DAYS = 90
const DAY_MS = 24 * 3_600_000
const CHINA_OFFSET = '+08:00'
const TOKEN_CHARACTERS = 32

export interface TradeBill {
  readonly hash_type: 'SHA1'
  readonly hash_value: string
  readonly token: string
}

export interface BillsOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly faults: SimulatorFaults
}

/** The trade bill: everything of one business day, in a file that is made when it is asked for. */
export class WechatpayBills {
  constructor(private readonly options: BillsOptions) {}

  async request(merchant: MerchantRecord, { bill_date }: TradeBillQuery): Promise<TradeBill> {
    const { faults, store } = this.options
    const { merchant_id } = merchant
    this.assertReady(bill_date)
    if (await faults.strikesMerchant('statement_late', merchant_id)) throw creating()
    const rows = await this.falsified(merchant_id, await this.rowsOf(merchant_id, bill_date))
    if (rows.length === 0) throw new WechatpayRefusal('NO_STATEMENT_EXIST', '账单文件不存在')
    const text = renderBill(rows)
    const token = randomText(TOKEN_CHARACTERS)
    await store.transaction((tx) => tx.insert(BILL, token, { merchant_id, text }))
    // Of the file before compression: "原始账单（gzip需要解压缩）的摘要值".
    const hash_value = createHash('sha1').update(text).digest('hex')
    return { hash_type: 'SHA1', hash_value, token }
  }

  async download(merchant: MerchantRecord, token: string, isGzip: boolean): Promise<Buffer> {
    const bill = await this.options.store.find(BILL, token)
    if (bill?.merchant_id !== merchant.merchant_id) {
      throw new WechatpayRefusal('NO_STATEMENT_EXIST', '账单文件不存在')
    }
    return isGzip ? gzipSync(bill.text) : Buffer.from(bill.text)
  }

  private assertReady(day: string): void {
    const nowMs = this.options.clock.now().getTime()
    const startMs = Date.parse(`${day}T00:00:00${CHINA_OFFSET}`)
    if (nowMs < startMs + DAY_MS) {
      throw new WechatpayRefusal('INVALID_REQUEST', '账单日期不能是当天或未来日期')
    }
    if (nowMs < startMs + DAY_MS + READY_HOUR * 3_600_000) throw creating()
    if (nowMs > startMs + KEPT_DAYS * DAY_MS) {
      throw new WechatpayRefusal('NO_STATEMENT_EXIST', '仅支持三个月内的账单下载')
    }
  }

  private async rowsOf(merchantId: string, day: string): Promise<BillRow[]> {
    const { store } = this.options
    const orders = await store.list(ORDER, `${merchantId}/`)
    const refunds = await store.list(REFUND, `${merchantId}/`)
    const byNumber = new Map(orders.map((order) => [order.out_trade_no, order]))
    const isOnDay = (time: string | null) => time !== null && businessDate(new Date(time)) === day
    const rows = orders.filter((order) => isOnDay(order.success_time)).map(toPaymentRow)
    for (const refund of refunds.filter((one) => isOnDay(one.success_time))) {
      const order = byNumber.get(refund.out_trade_no)
      if (order) rows.push(toRefundRow(order, refund))
    }
    return rows.sort((one, other) => (one.at < other.at ? -1 : 1))
  }

  /** What a tester wants to be wrong with it. */
  private async falsified(merchantId: string, rows: BillRow[]): Promise<BillRow[]> {
    const { faults } = this.options
    const [first] = rows
    if (!first) return rows
    if (await faults.strikesMerchant('statement_short', merchantId)) return rows.slice(0, -1)
    if (await faults.strikesMerchant('statement_long', merchantId)) {
      const { out_trade_no, transaction_id } = first.order
      const stranger = {
        ...first.order,
        out_trade_no: out_trade_no.split('').reverse().join(''),
        transaction_id: (transaction_id ?? '').split('').reverse().join(''),
      }
      return [...rows, toPaymentRow(stranger)]
    }
    if (await faults.strikesMerchant('statement_off_by_a_fen', merchantId)) {
      return rows.map((row) => {
        const isFirst = row === first
        if (!isFirst) return row
        return row.refund
          ? { ...row, refunded: row.refunded + 1n }
          : { ...row, paid: row.paid + 1n }
      })
    }
    return rows
  }
}

function creating(): WechatpayRefusal {
  return new WechatpayRefusal('STATEMENT_CREATING', '账单生成中，请稍后再试')
}
