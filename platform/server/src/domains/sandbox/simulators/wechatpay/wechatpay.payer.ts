import { z } from 'zod'
import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import { toPaymentNotice, toWireTime } from './wechatpay.answers.js'
import { randomDigits, randomText } from './wechatpay.cipher.js'
import type { WechatpayNotifier } from './wechatpay.notifier.js'
import { isPaid, type WechatpayOrders } from './wechatpay.orders.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import { CODE, type OrderRecord, type OrderReference, TRANSACTION } from './wechatpay.types.js'

export const PLAY_ACTIONS = ['pay', 'refuse', 'abandon'] as const
export const NOTIFY_BEHAVIOURS = ['normal', 'lost', 'duplicate', 'late'] as const
export type NotifyBehaviour = (typeof NOTIFY_BEHAVIOURS)[number]

/** What a tester lets the payer do, and what happens to the notification of it. */
export const Play = z.strictObject({
  action: z.enum(PLAY_ACTIONS),
  notify: z.enum(NOTIFY_BEHAVIOURS).default('normal'),
})
export type Play = z.infer<typeof Play>

/** The person with the phone. */
export class WechatpayPayer {
  constructor(
    private readonly store: SimulatorStore,
    private readonly clock: Clock,
    private readonly orders: WechatpayOrders,
    private readonly notifier: WechatpayNotifier,
  ) {}

  /** The order behind a scanned code, or null when no such code was issued. */
  async scan(code: string): Promise<OrderRecord | null> {
    const reference = await this.store.find(CODE, code)
    return reference ? this.orders.look(reference.merchant_id, reference.out_trade_no) : null
  }

  async play(reference: OrderReference, play: Play): Promise<OrderRecord> {
    const order = await this.store.transaction(async (tx) => {
      const current = await this.orders.lock(tx, reference.merchant_id, reference.out_trade_no)
      if (play.action === 'abandon') return current
      if (play.action === 'refuse') return this.refuse(tx, current)
      const paid = isPaid(current) ? current : await this.pay(tx, current)
      await this.notify(tx, paid, play.notify)
      return paid
    })
    this.notifier.wake()
    return order
  }

  /** Money moves even when the order is closed: the payer had confirmed before that. */
  private async pay(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    const success_time = toWireTime(this.clock.now())
    const day = success_time.slice(0, 10).replaceAll('-', '')
    const transaction_id = `42000${randomDigits(5)}${day}${randomDigits(10)}`
    const paid: OrderRecord = {
      ...order,
      trade_state: 'SUCCESS',
      transaction_id,
      success_time,
      payer_openid: `o${randomText(27)}`,
    }
    const { merchant_id, out_trade_no } = order
    await tx.insert(TRANSACTION, `${merchant_id}/${transaction_id}`, { merchant_id, out_trade_no })
    return this.orders.save(tx, paid)
  }

  private refuse(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    if (isPaid(order)) throw new WechatpayRefusal('ORDERPAID', '该订单已支付')
    if (order.trade_state === 'CLOSED') {
      throw new WechatpayRefusal('ORDER_CLOSED', '该订单已关闭')
    }
    return this.orders.save(tx, { ...order, trade_state: 'PAYERROR' })
  }

  private async notify(
    tx: SimulatorTransaction,
    order: OrderRecord,
    behaviour: NotifyBehaviour,
  ): Promise<void> {
    if (behaviour === 'lost') return
    await this.notifier.schedule(tx, {
      merchant_id: order.merchant_id,
      out_trade_no: order.out_trade_no,
      event_type: 'TRANSACTION.SUCCESS',
      summary: '支付成功',
      original_type: 'transaction',
      resource: toPaymentNotice(order),
      notify_url: order.notify_url,
      behaviour,
    })
  }
}
