import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore } from '../simulator.store.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import { targetOf } from './alipay.payer.js'
import { AlipayRefusal } from './alipay.refusal.js'
import type { AskRefund, CreateRefund } from './alipay.schema.js'
import type { AlipayTiming } from './alipay.timing.js'
import { type AlipayTrades, assertExists, isPaid, reference } from './alipay.trades.js'
import {
  type MerchantRecord,
  REFUND,
  type RefundRecord,
  refundKey,
  type TradeRecord,
} from './alipay.types.js'

export interface RefundsOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly trades: AlipayTrades
  readonly faults: SimulatorFaults
  readonly timing: AlipayTiming
}

export interface Refunding {
  readonly trade: TradeRecord & { readonly trade_no: string }
  readonly refund: RefundRecord
  /** Whether this very call moved money. */
  readonly isChange: boolean
}

export class AlipayRefunds {
  constructor(private readonly options: RefundsOptions) {}

  /** Done at once. The same number and amount again is the same refund, and moves nothing. */
  async create(merchant: MerchantRecord, input: CreateRefund): Promise<Refunding> {
    const { store, trades } = this.options
    const { out_trade_no, out_request_no, refund_amount } = input
    const isAbnormal = await this.isAbnormal(merchant, input)
    return store.transaction(async (tx) => {
      const trade = assertExists(await trades.lock(tx, reference(merchant, out_trade_no)))
      const key = refundKey(trade, out_request_no)
      const known = await tx.lock(REFUND, key)
      if (known) {
        if (known.amount !== refund_amount) throw new AlipayRefusal('ACQ.DISCORDANT_REPEAT_REQUEST')
        return { trade, refund: known, isChange: false }
      }
      this.assertRefundable(trade, refund_amount)
      const now = this.options.clock.now().toISOString()
      const refund: RefundRecord = {
        merchant_id: merchant.merchant_id,
        ...{ out_trade_no, out_request_no, trade_no: trade.trade_no },
        amount: refund_amount,
        reason: input.refund_reason ?? null,
        status: isAbnormal ? 'abnormal' : 'done',
        refunded_at: now,
      }
      await tx.insert(REFUND, key, refund)
      const refunded = trade.refunded + refund_amount
      const status = refunded === trade.total ? 'TRADE_CLOSED' : trade.status
      const changed = { ...trade, refunded, status, last_refund_at: now }
      await trades.save(tx, changed)
      return { trade: changed, refund, isChange: !isAbnormal }
    })
  }

  /** The trade, and what is known of a refund of it: nothing, when none with this number came. */
  async query(
    merchant: MerchantRecord,
    { out_trade_no, out_request_no }: AskRefund,
  ): Promise<{ trade: TradeRecord; refund: RefundRecord | null }> {
    const trade = await this.options.trades.query(merchant, out_trade_no)
    return {
      trade,
      refund: await this.options.store.find(REFUND, refundKey(trade, out_request_no)),
    }
  }

  private async isAbnormal(merchant: MerchantRecord, input: CreateRefund): Promise<boolean> {
    const { trades, faults } = this.options
    const trade = await trades.query(merchant, input.out_trade_no)
    return faults.strikes('refund_abnormal', targetOf(trade, input.out_request_no))
  }

  private assertRefundable(trade: TradeRecord, amount: number): void {
    const { clock, timing } = this.options
    if (!isPaid(trade) || trade.status === 'TRADE_CLOSED') {
      throw new AlipayRefusal('ACQ.TRADE_STATUS_ERROR')
    }
    if (trade.refunded + amount > trade.total) {
      throw new AlipayRefusal('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL')
    }
    const lastMs = Date.parse(trade.last_refund_at ?? '')
    if (clock.now().getTime() - lastMs < timing.refundGapMs) {
      throw new AlipayRefusal('aop.ACQ.SYSTEM_ERROR', '同一笔交易的两次退款须间隔3秒以上')
    }
  }
}
