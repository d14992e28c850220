import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import type { AbcOrders } from './abc.orders.js'
import { AbcRefusal } from './abc.refusal.js'
import type { RefundReq } from './abc.schema.js'
import { randomDigits } from './abc.text.js'
import type { AbcTiming } from './abc.timing.js'
import { isPaid, type OrderRecord, REFUND, type RefundRecord, recordKey } from './abc.types.js'

export interface RefundsOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly orders: AbcOrders
  readonly timing: AbcTiming
  /** Tells the loop that something was scheduled. */
  readonly wake: () => void
}

export interface RefundWish {
  readonly merchant_id: string
  readonly request: RefundReq
  readonly canonical: string
  /** The bank's host will not answer for it. */
  readonly is_abnormal: boolean
}

export class AbcRefunds {
  constructor(private readonly options: RefundsOptions) {}

  /** Accepts a refund; the money arrives later. The same number with the same words is the same refund. */
  async create(wish: RefundWish): Promise<RefundRecord> {
    const { store, orders, wake } = this.options
    const { merchant_id, request } = wish
    const refund = await store.transaction(async (tx) => {
      const order = await orders.lock(tx, { merchant_id, order_no: request.OrderNo })
      const key = recordKey(merchant_id, request.NewOrderNo)
      const existing = await tx.lock(REFUND, key)
      if (existing) return assertSame(existing, wish)
      if (!isPaid(order)) throw new AbcRefusal('E003', '订单未支付，不能退款')
      if (BigInt(order.refunded) + BigInt(request.TrxAmount) > BigInt(order.amount)) {
        throw new AbcRefusal('E005')
      }
      return this.accept(tx, order, wish)
    })
    wake()
    return refund
  }

  /** Throws E001. */
  async look(merchantId: string, refundNo: string): Promise<RefundRecord> {
    const refund = await this.options.store.find(REFUND, recordKey(merchantId, refundNo))
    if (!refund) throw new AbcRefusal('E001')
    return refund
  }

  /** The refund reaches the payer, or nobody knows: called by the loop when its time has come. */
  async settle(key: string): Promise<void> {
    const { store, clock } = this.options
    await store.transaction(async (tx) => {
      const refund = await tx.lock(REFUND, key)
      if (refund?.status !== '01') return
      const settled_at = refund.is_abnormal ? null : clock.now().toISOString()
      await tx.save(REFUND, key, {
        ...refund,
        status: refund.is_abnormal ? '02' : '04',
        settled_at,
      })
    })
  }

  private async accept(
    tx: SimulatorTransaction,
    order: OrderRecord,
    { merchant_id, request, canonical, is_abnormal }: RefundWish,
  ): Promise<RefundRecord> {
    const { clock, timing, orders } = this.options
    const now = clock.now()
    const refund: RefundRecord = {
      merchant_id,
      refund_no: request.NewOrderNo,
      order_no: order.order_no,
      amount: request.TrxAmount,
      order_date: request.OrderDate,
      order_time: request.OrderTime,
      request: canonical,
      rsp_ref: `9REFND${randomDigits(14)}`,
      batch_no: randomDigits(6),
      voucher_no: randomDigits(6),
      status: '01',
      is_abnormal,
      accepted_at: now.toISOString(),
      settled_at: null,
    }
    const dueAt = new Date(now.getTime() + timing.refundSettleMs)
    // The number may be taken, at this very moment, by a refund of another order.
    const key = recordKey(merchant_id, refund.refund_no)
    if (!(await tx.insert(REFUND, key, refund, dueAt))) throw new AbcRefusal('E006')
    const refunded = Number(BigInt(order.refunded) + BigInt(refund.amount))
    await orders.save(tx, { ...order, status: '05', refunded })
    return refund
  }
}

function assertSame(existing: RefundRecord, wish: RefundWish): RefundRecord {
  if (existing.request !== wish.canonical) throw new AbcRefusal('E006')
  return existing
}
