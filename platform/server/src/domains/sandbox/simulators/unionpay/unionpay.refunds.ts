import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorNotifier } from '../simulator.notifier.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import type { SimulatorFaults } from '../simulator-faults.js'
import { toRefundNotice } from './unionpay.answers.js'
import { newQueryId } from './unionpay.ids.js'
import { falsified } from './unionpay.notifier.js'
import { isPaid, type UnionpayOrders } from './unionpay.orders.js'
import { targetOf } from './unionpay.payer.js'
import { UnionpayRefusal } from './unionpay.refusal.js'
import type { BackRequest } from './unionpay.schema.js'
import { toDay, toTxnTime } from './unionpay.time.js'
import type { UnionpayTiming } from './unionpay.timing.js'
import {
  ORDER,
  type OrderRecord,
  QUERY_ID,
  REFUND,
  type RefundRecord,
  type TransactionReference,
  transactionKey,
} from './unionpay.types.js'

export interface RefundsOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly orders: UnionpayOrders
  readonly notifier: SimulatorNotifier
  readonly faults: SimulatorFaults
  readonly timing: UnionpayTiming
}

export class UnionpayRefunds {
  constructor(private readonly options: RefundsOptions) {}

  /** The payment that a refund is about. */
  async originalOf({ merId, origQryId }: BackRequest): Promise<OrderRecord | null> {
    const { store, orders } = this.options
    const reference = await store.find(QUERY_ID, `${merId}/${origQryId}`)
    return reference && orders.find(reference)
  }

  /** Takes a refund, or the cancelling of a payment; it is done a moment later. */
  async accept(request: BackRequest): Promise<RefundRecord> {
    const { store, orders, notifier, faults } = this.options
    const original = await this.originalOf(request)
    const isStuck =
      original !== null &&
      (await faults.strikes('refund_abnormal', {
        ...targetOf(original),
        occasion: request.orderId,
      }))
    const refund = await store.transaction(async (tx) => {
      await assertNew(tx, referenceOf(request))
      if (!original) throw new UnionpayRefusal('35')
      const order = await orders.lock(tx, original)
      this.assertPossible(order, request)
      const fresh = this.toRefund(order, request, isStuck ? '04' : '05')
      if (
        !(await tx.insert(REFUND, transactionKey(fresh), fresh, isStuck ? null : this.settleAt()))
      ) {
        throw new UnionpayRefusal('12')
      }
      await orders.save(tx, { ...order, refunded: order.refunded + fresh.amount })
      return fresh
    })
    notifier.wake()
    return refund
  }

  find(reference: TransactionReference): Promise<RefundRecord | null> {
    return this.options.store.find(REFUND, transactionKey(reference))
  }

  /** The refund reaches the payer: called by the loop when its time has come. */
  async settle(key: string): Promise<void> {
    const { store, clock, notifier, faults, orders } = this.options
    const waiting = await store.find(REFUND, key)
    if (waiting?.resp_code !== '05') return
    const { merchant_id, original } = waiting
    const order = await orders.find({ merchant_id, ...original })
    const target = order && { ...targetOf(order), occasion: waiting.order_id }
    const behaviour = target ? await faults.behaviourOf(target) : 'normal'
    await store.transaction(async (tx) => {
      const refund = await tx.lock(REFUND, key)
      if (refund?.resp_code !== '05') return
      const settled = { ...refund, resp_code: '00', settled_at: clock.now().toISOString() }
      await tx.save(REFUND, key, settled)
      const { order_id: order_no } = original
      if (settled.back_url === null) return
      const fields = falsified(toRefundNotice(settled), behaviour)
      const notify_url = settled.back_url
      await notifier.schedule(tx, { merchant_id, order_no, notify_url, fields, behaviour })
    })
    notifier.wake()
  }

  private assertPossible(order: OrderRecord, request: BackRequest): void {
    if (!isPaid(order)) throw new UnionpayRefusal('35')
    const amount = Number(request.txnAmt)
    if (amount > order.amount - order.refunded) throw new UnionpayRefusal('33')
    if (request.txnType !== '31') return
    // Cancelling takes back the whole payment, and only before its day ends.
    const isToday = toDay(new Date(order.paid_at ?? 0)) === toDay(this.options.clock.now())
    if (amount !== order.amount || !isToday) throw new UnionpayRefusal('36')
  }

  private settleAt(): Date {
    const { clock, timing } = this.options
    return new Date(clock.now().getTime() + timing.refundSettleMs)
  }

  private toRefund(order: OrderRecord, request: BackRequest, resp_code: string): RefundRecord {
    const now = this.options.clock.now()
    const { order_id, txn_time } = order
    return {
      ...referenceOf(request),
      txn_type: request.txnType,
      amount: Number(request.txnAmt),
      back_url: request.backUrl ?? null,
      req_reserved: request.reqReserved,
      original: { order_id, txn_time, query_id: request.origQryId },
      query_id: newQueryId(toTxnTime(now)),
      resp_code,
      created_at: now.toISOString(),
      settled_at: null,
    }
  }
}

function referenceOf({ merId, orderId, txnTime }: BackRequest): TransactionReference {
  return { merchant_id: merId, order_id: orderId, txn_time: txnTime }
}

/** Merchant, number and time together name one transaction, whatever it is. */
async function assertNew(tx: SimulatorTransaction, reference: TransactionReference): Promise<void> {
  const key = transactionKey(reference)
  const isTaken = (await tx.lock(REFUND, key)) !== null || (await tx.lock(ORDER, key)) !== null
  if (isTaken) throw new UnionpayRefusal('12')
}
