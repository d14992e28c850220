import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorNotifier } from '../simulator.notifier.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import type { NotifyBehaviour, Play } from '../simulator-play.js'
import { toNotice } from './abc.answers.js'
import { falsified } from './abc.notifier.js'
import type { AbcOrders } from './abc.orders.js'
import { AbcRefusal } from './abc.refusal.js'
import { randomDigits } from './abc.text.js'
import { type CodeRecord, isExpired, isPaid, type OrderRecord } from './abc.types.js'

export interface PayerOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly orders: AbcOrders
  readonly notifier: SimulatorNotifier
  readonly faults: SimulatorFaults
}

/** The person at the bank's page. */
export class AbcPayer {
  constructor(private readonly options: PayerOptions) {}

  async play(reference: CodeRecord, play: Play): Promise<OrderRecord> {
    const behaviour = play.action === 'pay' ? await this.behaviourOf(reference, play.notify) : null
    const { store, orders, notifier } = this.options
    const order = await store.transaction(async (tx) => {
      const current = await orders.lock(tx, reference)
      if (play.action === 'refuse') return this.refuse(tx, current)
      return behaviour === null ? current : this.pay(tx, current, behaviour)
    })
    notifier.wake()
    return order
  }

  /** The order as a merchant may see it. With the fault, the payer was faster than its time. */
  async look(merchantId: string, orderNo: string): Promise<OrderRecord> {
    const { orders, clock, faults } = this.options
    const order = await orders.look(merchantId, orderNo)
    if (!isExpired(order, clock.now())) return order
    const target = { merchant_id: merchantId, order_no: orderNo, amount: order.amount }
    if (!(await faults.strikes('success_after_close', target))) return order
    return this.play(order, { action: 'pay', notify: 'normal' })
  }

  private async behaviourOf({ merchant_id, order_no }: CodeRecord, chosen: NotifyBehaviour) {
    const { orders, faults } = this.options
    const { amount } = await orders.look(merchant_id, order_no)
    return faults.behaviourOf({ merchant_id, order_no, amount }, chosen)
  }

  /** Paying what is paid moves no money, and notifies again. */
  private async pay(tx: SimulatorTransaction, order: OrderRecord, behaviour: NotifyBehaviour) {
    if (order.status === '99') throw new AbcRefusal('E003', '支付失败的订单不能再次支付')
    const paid = isPaid(order) ? order : await this.take(tx, order)
    const { rsp_ref, paid_at } = paid
    // With NotifyType 0 only the payer's browser tells the merchant.
    if (paid.notify_type === '0' || rsp_ref === null || paid_at === null) return paid
    const fields = falsified(toNotice({ ...paid, rsp_ref, paid_at }), behaviour)
    const { merchant_id, order_no, notify_url } = paid
    const notice = { merchant_id, order_no, notify_url, behaviour, fields }
    await this.options.notifier.schedule(tx, notice)
    return paid
  }

  /** Money moves even when the order's time is over: the payer had confirmed before that. */
  private take(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    const { orders, clock } = this.options
    return orders.save(tx, {
      ...order,
      status: '04',
      rsp_ref: `9RECEP${randomDigits(14)}`,
      paid_at: clock.now().toISOString(),
    })
  }

  private refuse(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    const { orders, clock } = this.options
    if (isPaid(order)) throw new AbcRefusal('E002')
    if (isExpired(order, clock.now())) throw new AbcRefusal('E003')
    return orders.save(tx, { ...order, status: '99' })
  }
}
