import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import { AbcRefusal } from './abc.refusal.js'
import type { PlacingReq } from './abc.schema.js'
import { fromDigits, randomDigits, randomText, toDigits } from './abc.text.js'
import {
  CODE,
  type CodeRecord,
  isExpired,
  isPaid,
  ORDER,
  type OrderRecord,
  recordKey,
} from './abc.types.js'

const CODE_CHARACTERS = 24

export class AbcOrders {
  constructor(
    private readonly store: SimulatorStore,
    private readonly clock: Clock,
  ) {}

  /** The same number with the same words is the same order. */
  async place(merchantId: string, request: PlacingReq, canonical: string): Promise<OrderRecord> {
    const fresh = this.toOrder(merchantId, request, canonical)
    return this.store.transaction(async (tx) => {
      if (await tx.insert(ORDER, recordKey(merchantId, fresh.order_no), fresh)) {
        await tx.insert(CODE, fresh.code, { merchant_id: merchantId, order_no: fresh.order_no })
        return fresh
      }
      const order = await this.lock(tx, fresh)
      if (order.status === '05') throw new AbcRefusal('E004')
      if (isPaid(order)) throw new AbcRefusal('E002')
      if (order.request !== canonical) throw new AbcRefusal('E006')
      if (order.status === '99' || isExpired(order, this.clock.now())) throw new AbcRefusal('E003')
      return order
    })
  }

  /** Throws E001. */
  async look(merchantId: string, orderNo: string): Promise<OrderRecord> {
    const order = await this.store.find(ORDER, recordKey(merchantId, orderNo))
    if (!order) throw new AbcRefusal('E001')
    return order
  }

  /** The order behind the address of its page. */
  find(code: string): Promise<CodeRecord | null> {
    return this.store.find(CODE, code)
  }

  /** Holds the order until the transaction ends. Throws E001. */
  async lock(tx: SimulatorTransaction, reference: CodeRecord): Promise<OrderRecord> {
    const order = await tx.lock(ORDER, recordKey(reference.merchant_id, reference.order_no))
    if (!order) throw new AbcRefusal('E001')
    return order
  }

  async save(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    await tx.save(ORDER, recordKey(order.merchant_id, order.order_no), order)
    return order
  }

  private toOrder(merchantId: string, request: PlacingReq, canonical: string): OrderRecord {
    const { Order } = request
    const until = Order.orderTimeoutDate ? fromDigits(Order.orderTimeoutDate) : null
    return {
      merchant_id: merchantId,
      order_no: Order.OrderNo,
      trx_type: request.TrxType,
      amount: Order.OrderAmount,
      description: Order.OrderDesc,
      order_date: Order.OrderDate,
      order_time: Order.OrderTime,
      commodity_type: Order.CommodityType,
      payment_link_type: request.PaymentLinkType,
      notify_type: request.NotifyType,
      notify_url: request.ResultNotifyURL,
      success_url: request.TrxType === 'PayReq' ? request.MerchantSuccessURL : null,
      error_url: request.TrxType === 'PayReq' ? request.MerchantErrorURL : null,
      expires_at: until?.toISOString() ?? null,
      request: canonical,
      code: randomText(CODE_CHARACTERS),
      trx_id: `ABC${toDigits(this.clock.now())}${randomDigits(10)}`,
      status: '01',
      rsp_ref: null,
      batch_no: randomDigits(6),
      voucher_no: randomDigits(6),
      jrn_no: randomDigits(9),
      paid_at: null,
      refunded: 0,
    }
  }
}
