import { z } from 'zod'
import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorNotifier } from '../simulator.notifier.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import type { NotifyBehaviour, Play } from '../simulator-play.js'
import { toPaymentNotice, toWireTime } from './wechatpay.answers.js'
import { randomDigits, randomText } from './wechatpay.cipher.js'
import { toNoticeFields } from './wechatpay.notifier.js'
import { isPaid, type WechatpayOrders } from './wechatpay.orders.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import { CODE, type OrderRecord, type OrderReference, TRANSACTION } from './wechatpay.types.js'

const JsapiRequest = z.object({ input: z.object({ payer: z.object({ openid: z.string() }) }) })

/** The person with the phone. */
export class WechatpayPayer {
  constructor(
    private readonly store: SimulatorStore,
    private readonly clock: Clock,
    private readonly orders: WechatpayOrders,
    private readonly notifier: SimulatorNotifier,
    private readonly faults: SimulatorFaults,
  ) {}

  /** The order behind a scanned code, or null when no such code was issued. */
  async scan(code: string): Promise<OrderRecord | null> {
    const reference = await this.store.find(CODE, code)
    return reference ? this.orders.look(reference.merchant_id, reference.out_trade_no) : null
  }

  /** A browser arrives at the page of an H5 order. */
  async arrive(code: string, returnUrl: string | null): Promise<OrderRecord | null> {
    const reference = await this.store.find(CODE, code)
    if (!reference) return null
    return this.orders.arrive(reference.merchant_id, reference.out_trade_no, returnUrl)
  }

  async play(reference: OrderReference, play: Play): Promise<OrderRecord> {
    const behaviour = play.action === 'pay' ? await this.behaviourOf(reference, play.notify) : null
    const order = await this.store.transaction(async (tx) => {
      const current = await this.orders.lock(tx, reference.merchant_id, reference.out_trade_no)
      if (play.action === 'refuse') return this.refuse(tx, current)
      return behaviour === null ? current : this.pay(tx, current, behaviour)
    })
    this.notifier.wake()
    return order
  }

  /** The payer confirms at the moment the merchant closes the order: the money arrives all the same. */
  async payAfterClose(order: OrderRecord): Promise<void> {
    const { merchant_id, out_trade_no, total } = order
    const target = { merchant_id, order_no: out_trade_no, amount: total }
    if (await this.faults.strikes('success_after_close', target)) {
      await this.play(order, { action: 'pay', notify: 'normal' })
    }
  }

  private async behaviourOf(
    { merchant_id, out_trade_no }: OrderReference,
    chosen: NotifyBehaviour,
  ): Promise<NotifyBehaviour> {
    const { total } = await this.orders.look(merchant_id, out_trade_no)
    return this.faults.behaviourOf({ merchant_id, order_no: out_trade_no, amount: total }, chosen)
  }

  /** Paying what is paid moves no money, and notifies again. */
  private async pay(
    tx: SimulatorTransaction,
    order: OrderRecord,
    behaviour: NotifyBehaviour,
  ): Promise<OrderRecord> {
    const paid = isPaid(order) ? order : await this.take(tx, order)
    await this.notify(tx, paid, behaviour)
    return paid
  }

  /** Money moves even when the order is closed: the payer had confirmed before that. */
  private async take(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    const success_time = toWireTime(this.clock.now())
    const day = success_time.slice(0, 10).replaceAll('-', '')
    const transaction_id = `42000${randomDigits(5)}${day}${randomDigits(10)}`
    const paid: OrderRecord = {
      ...order,
      trade_state: 'SUCCESS',
      transaction_id,
      success_time,
      payer_openid: openidOf(order) ?? `o${randomText(27)}`,
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
    const event = {
      event_type: 'TRANSACTION.SUCCESS',
      summary: '支付成功',
      original_type: 'transaction',
      resource: toPaymentNotice(order),
    } as const
    await this.notifier.schedule(tx, {
      merchant_id: order.merchant_id,
      order_no: order.out_trade_no,
      notify_url: order.notify_url,
      behaviour,
      fields: toNoticeFields(event, behaviour, this.clock.now()),
    })
  }
}

/** Who pays inside WeChat was named when the order was placed. */
function openidOf(order: OrderRecord): string | null {
  const parsed = JsapiRequest.safeParse(JSON.parse(order.request))
  return parsed.success ? parsed.data.input.payer.openid : null
}
