import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorNotifier } from '../simulator.notifier.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import type { FaultTarget, SimulatorFaults } from '../simulator-faults.js'
import type { NotifyBehaviour, Play } from '../simulator-play.js'
import { toNotice } from './alipay.notice.js'
import { AlipayRefusal } from './alipay.refusal.js'
import { type AlipayTrades, isPaid } from './alipay.trades.js'
import type { TradeRecord, TradeReference } from './alipay.types.js'

export interface PayerOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly trades: AlipayTrades
  readonly notifier: SimulatorNotifier
  readonly faults: SimulatorFaults
}

/** The person with the phone, or before the browser. */
export class AlipayPayer {
  constructor(private readonly options: PayerOptions) {}

  /** Whatever the payer does, they have arrived at the trade by doing it. */
  async play(reference: TradeReference, play: Play): Promise<TradeRecord> {
    const { store, trades, notifier } = this.options
    const behaviour = play.action === 'pay' ? await this.behaviourOf(reference, play.notify) : null
    const trade = await store.transaction(async (tx) => {
      const current = await trades.arriveIn(tx, await trades.lock(tx, reference))
      if (play.action === 'refuse') return this.refuse(tx, current)
      return behaviour === null ? current : this.pay(tx, current, behaviour)
    })
    notifier.wake()
    return trade
  }

  /** The payer confirms at the moment the merchant closes the trade: the money arrives all the same. */
  async payAfterClose(trade: TradeRecord): Promise<void> {
    if (await this.options.faults.strikes('success_after_close', targetOf(trade))) {
      await this.play(trade, { action: 'pay', notify: 'normal' })
    }
  }

  private async behaviourOf(
    reference: TradeReference,
    chosen: NotifyBehaviour,
  ): Promise<NotifyBehaviour> {
    const trade = await this.options.trades.look(reference)
    return this.options.faults.behaviourOf(targetOf(trade), chosen)
  }

  /** Paying what is paid moves no money, and notifies again. It also works after closing. */
  private async pay(
    tx: SimulatorTransaction,
    trade: TradeRecord,
    behaviour: NotifyBehaviour,
  ): Promise<TradeRecord> {
    const { clock, trades, notifier } = this.options
    const now = clock.now()
    const paid = isPaid(trade)
      ? trade
      : await trades.save(tx, {
          ...trade,
          status: 'TRADE_SUCCESS',
          paid_at: now.toISOString(),
          is_refused: false,
        })
    if (paid.notify_url === null) return paid
    await notifier.schedule(tx, {
      merchant_id: paid.merchant_id,
      order_no: paid.out_trade_no,
      notify_url: paid.notify_url,
      behaviour,
      fields: toNotice(paid, behaviour, now),
    })
    return paid
  }

  /** Alipay tells nobody of it: the trade goes on waiting. */
  private refuse(tx: SimulatorTransaction, trade: TradeRecord): Promise<TradeRecord> {
    if (isPaid(trade)) throw new AlipayRefusal('ACQ.TRADE_HAS_SUCCESS')
    if (trade.status === 'TRADE_CLOSED') throw new AlipayRefusal('ACQ.TRADE_HAS_CLOSE')
    return this.options.trades.save(tx, { ...trade, is_refused: true })
  }
}

export function targetOf(trade: TradeRecord, occasion?: string): FaultTarget {
  const target = {
    merchant_id: trade.merchant_id,
    order_no: trade.out_trade_no,
    amount: trade.total,
  }
  return occasion === undefined ? target : { ...target, occasion }
}
