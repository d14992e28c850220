import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorNotifier } from '../simulator.notifier.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import type { NotifyBehaviour, Play } from '../simulator-play.js'
import { toPaymentNotice } from './unionpay.answers.js'
import { newQueryId } from './unionpay.ids.js'
import { falsified } from './unionpay.notifier.js'
import { isExpired, isPaid, type UnionpayOrders } from './unionpay.orders.js'
import { UnionpayRefusal } from './unionpay.refusal.js'
import { toTxnTime } from './unionpay.time.js'
import { type OrderRecord, QUERY_ID, type TransactionReference } from './unionpay.types.js'

/** The bank's word for a card that is empty. */
const REFUSED = '64'

export interface PayerOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly orders: UnionpayOrders
  readonly notifier: SimulatorNotifier
  readonly faults: SimulatorFaults
}

/** The person at UnionPay's page. */
export class UnionpayPayer {
  constructor(private readonly options: PayerOptions) {}

  async play(reference: TransactionReference, play: Play): Promise<OrderRecord> {
    const { store, orders, notifier } = this.options
    const behaviour = play.action === 'pay' ? await this.behaviourOf(reference, play.notify) : null
    const order = await store.transaction(async (tx) => {
      const current = await orders.lock(tx, reference)
      if (play.action === 'refuse') return this.refuse(tx, current)
      return behaviour === null ? current : this.pay(tx, current, behaviour)
    })
    notifier.wake()
    return order
  }

  /**
   * No merchant closes a payment at UnionPay: time does. So this is the moment when the merchant asks and
   * learns that it is over; the payer's bank had the money on its way by then.
   */
  async payAfterClose(order: OrderRecord): Promise<void> {
    const { faults, clock } = this.options
    if (isPaid(order) || !isExpired(order, clock.now())) return
    if (await faults.strikes('success_after_close', targetOf(order))) {
      await this.play(order, { action: 'pay', notify: 'normal' })
    }
  }

  private async behaviourOf(reference: TransactionReference, chosen: NotifyBehaviour) {
    const order = await this.options.orders.find(reference)
    if (!order) throw new UnionpayRefusal('34')
    return this.options.faults.behaviourOf(targetOf(order), chosen)
  }

  /** Money moves even when the time is over: the payer had confirmed before. Paying twice only notifies. */
  private async pay(
    tx: SimulatorTransaction,
    order: OrderRecord,
    behaviour: NotifyBehaviour,
  ): Promise<OrderRecord> {
    const paid = isPaid(order) ? order : await this.take(tx, order)
    const { merchant_id, order_id: order_no, back_url: notify_url } = paid
    const fields = falsified(toPaymentNotice(paid), behaviour)
    const notice = { merchant_id, order_no, notify_url, fields, behaviour }
    await this.options.notifier.schedule(tx, notice)
    return paid
  }

  private async take(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    const { clock, orders } = this.options
    const { merchant_id, order_id, txn_time } = order
    const now = clock.now()
    const query_id = newQueryId(toTxnTime(now))
    await tx.insert(QUERY_ID, `${merchant_id}/${query_id}`, { merchant_id, order_id, txn_time })
    return orders.save(tx, { ...order, resp_code: '00', query_id, paid_at: now.toISOString() })
  }

  private refuse(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    const { clock, orders } = this.options
    if (isPaid(order)) throw new UnionpayRefusal('12', '订单已支付')
    if (isExpired(order, clock.now())) throw new UnionpayRefusal('35', '订单已超时')
    return orders.save(tx, { ...order, resp_code: REFUSED })
  }
}

export function targetOf({ merchant_id, order_id, amount }: OrderRecord) {
  return { merchant_id, order_no: order_id, amount }
}
