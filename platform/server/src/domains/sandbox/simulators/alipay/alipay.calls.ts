import type { SimulatorFaults } from '../simulator-faults.js'
import {
  type Answer,
  toClosed,
  toPrecreated,
  toRefunded,
  toRefundState,
  toTrade,
} from './alipay.answers.js'
import type { AlipayBills } from './alipay.bills.js'
import { type AlipayPayer, targetOf } from './alipay.payer.js'
import type { AlipayRefunds } from './alipay.refunds.js'
import { AlipayRefusal } from './alipay.refusal.js'
import {
  AskBill,
  AskRefund,
  AskTrade,
  CreateRefund,
  CreateTrade,
  readContent,
} from './alipay.schema.js'
import type { Parameters } from './alipay.signature.js'
import { type AlipayTrades, isPaid } from './alipay.trades.js'
import type { MerchantRecord, TradeProduct, TradeRecord } from './alipay.types.js'

/** A fault of the network: the caller hears nothing. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

export interface AlipayCall {
  readonly merchant: MerchantRecord
  readonly parameters: Parameters
  /** Where the caller has reached us: addresses in answers lead there. */
  readonly origin: string
}

export interface CallsOptions {
  readonly trades: AlipayTrades
  readonly payer: AlipayPayer
  readonly refunds: AlipayRefunds
  readonly bills: AlipayBills
  readonly faults: SimulatorFaults
}

/** Faults of a call that changes something, in the order in which they are looked for. */
const CALL_FAULTS = [
  'timeout_before_acceptance',
  'timeout_after_acceptance',
  'result_unknown',
] as const
const PLACING_FAULTS = ['order_refused', ...CALL_FAULTS] as const

/** What the gateway does for each method, once it is known who calls. */
export class AlipayCalls {
  readonly methods: ReadonlyMap<string, (call: AlipayCall) => Promise<Answer>> = new Map([
    ['alipay.trade.precreate', (call) => this.precreate(call)],
    ['alipay.trade.query', (call) => this.query(call)],
    ['alipay.trade.close', (call) => this.close(call)],
    ['alipay.trade.refund', (call) => this.refund(call)],
    ['alipay.trade.fastpay.refund.query', (call) => this.queryRefund(call)],
    ['alipay.data.dataservice.bill.downloadurl.query', (call) => this.billUrl(call)],
  ])

  constructor(private readonly options: CallsOptions) {}

  /** The browser has come with an order: it exists from now on. */
  openPage(call: AlipayCall, product: TradeProduct): Promise<TradeRecord> {
    return this.place(call, product, (trade) => this.options.trades.arrive(trade))
  }

  private async precreate(call: AlipayCall): Promise<Answer> {
    const trade = await this.place(call, 'precreate', async (placed) => placed)
    if (isPaid(trade)) throw new AlipayRefusal('ACQ.TRADE_HAS_SUCCESS')
    if (trade.status === 'TRADE_CLOSED') throw new AlipayRefusal('ACQ.TRADE_HAS_CLOSE')
    return toPrecreated(trade)
  }

  private async place(
    { merchant, parameters }: AlipayCall,
    product: TradeProduct,
    accept: (trade: TradeRecord) => Promise<TradeRecord>,
  ): Promise<TradeRecord> {
    const input = readContent(CreateTrade, parameters.biz_content ?? '')
    const { merchant_id } = merchant
    const { out_trade_no: order_no, total_amount: amount } = input
    const fault = await this.options.faults.firstOf(PLACING_FAULTS, {
      ...{ merchant_id, order_no, amount },
    })
    if (fault === 'order_refused') throw new AlipayRefusal('ACQ.ACCESS_FORBIDDEN')
    if (fault === 'timeout_before_acceptance') throw new NoAnswer()
    const trade = await accept(
      await this.options.trades.create(merchant, product, input, parameters),
    )
    return answered(fault, trade)
  }

  private async query({ merchant, parameters }: AlipayCall): Promise<Answer> {
    const { out_trade_no } = readContent(AskTrade, parameters.biz_content ?? '')
    return toTrade(await this.options.trades.query(merchant, out_trade_no))
  }

  private async close({ merchant, parameters }: AlipayCall): Promise<Answer> {
    const { out_trade_no } = readContent(AskTrade, parameters.biz_content ?? '')
    const trade = await this.options.trades.close(merchant, out_trade_no)
    await this.options.payer.payAfterClose(trade)
    return toClosed(trade)
  }

  private async refund({ merchant, parameters }: AlipayCall): Promise<Answer> {
    const { trades, refunds, faults } = this.options
    const input = readContent(CreateRefund, parameters.biz_content ?? '')
    const trade = await trades.query(merchant, input.out_trade_no)
    const fault = await faults.firstOf(CALL_FAULTS, targetOf(trade, input.out_request_no))
    if (fault === 'timeout_before_acceptance') throw new NoAnswer()
    return answered(fault, toRefunded(await refunds.create(merchant, input)))
  }

  private async queryRefund({ merchant, parameters }: AlipayCall): Promise<Answer> {
    const input = readContent(AskRefund, parameters.biz_content ?? '')
    const { trade, refund } = await this.options.refunds.query(merchant, input)
    return toRefundState(trade, refund, input.query_options)
  }

  private async billUrl({ merchant, parameters, origin }: AlipayCall): Promise<Answer> {
    const { bill_date } = readContent(AskBill, parameters.biz_content ?? '')
    const { token, isEmpty } = await this.options.bills.open(merchant, bill_date)
    return {
      bill_download_url: `${origin}/alipay/bill/${token}.zip`,
      ...(isEmpty ? { bill_file_code: 'EMPTY_DATA_WITH_BILL_FILE' } : {}),
    }
  }
}

/** What was done is done; only the answer to it may be lost, or say that nobody knows. */
function answered<T>(fault: (typeof PLACING_FAULTS)[number] | null, answer: T): T {
  if (fault === 'timeout_after_acceptance') throw new NoAnswer()
  if (fault === 'result_unknown') throw new AlipayRefusal('aop.unknow-error')
  return answer
}
