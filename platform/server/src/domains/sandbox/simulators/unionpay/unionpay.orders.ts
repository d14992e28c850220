import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import { randomCode } from './unionpay.ids.js'
import { UnionpayRefusal } from './unionpay.refusal.js'
import { type PayForm, toCanonical } from './unionpay.schema.js'
import type { Fields } from './unionpay.signature.js'
import { fromTxnTime } from './unionpay.time.js'
import {
  CODE,
  NUMBER,
  ORDER,
  type OrderRecord,
  REFUND,
  type TransactionReference,
  transactionKey,
} from './unionpay.types.js'

const CODE_CHARACTERS = 24

export class UnionpayOrders {
  constructor(
    private readonly store: SimulatorStore,
    private readonly clock: Clock,
  ) {}

  /** The browser arrives with a form: from now on there is an order. The same form is the same order. */
  async open(form: PayForm, fields: Fields): Promise<OrderRecord> {
    const fresh = toOrder(form, fields)
    const key = transactionKey(fresh)
    return this.store.transaction(async (tx) => {
      const known = await tx.lock(ORDER, key)
      if (known) return assertSame(known, fresh)
      if (isExpired(fresh, this.clock.now())) throw new UnionpayRefusal('10', 'payTimeout')
      const isTaken = (await tx.lock(REFUND, key)) !== null
      if (isTaken || !(await tx.insert(ORDER, key, fresh))) throw new UnionpayRefusal('12')
      const { merchant_id, order_id, txn_time } = fresh
      const reference = { merchant_id, order_id, txn_time }
      await tx.insert(CODE, fresh.code, reference)
      await tx.save(NUMBER, `${merchant_id}/${order_id}`, reference)
      return fresh
    })
  }

  find(reference: TransactionReference): Promise<OrderRecord | null> {
    return this.store.find(ORDER, transactionKey(reference))
  }

  /** The order whose page has this code, or null when no such page was made. */
  async findByCode(code: string): Promise<OrderRecord | null> {
    const reference = await this.store.find(CODE, code)
    return reference && this.find(reference)
  }

  /** The newest order of this number. */
  async findByNumber(merchantId: string, orderId: string): Promise<OrderRecord | null> {
    const reference = await this.store.find(NUMBER, `${merchantId}/${orderId}`)
    return reference && this.find(reference)
  }

  /** Holds the order until the transaction ends. */
  async lock(tx: SimulatorTransaction, reference: TransactionReference): Promise<OrderRecord> {
    const order = await tx.lock(ORDER, transactionKey(reference))
    if (!order) throw new UnionpayRefusal('34')
    return order
  }

  async save(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    await tx.save(ORDER, transactionKey(order), order)
    return order
  }
}

export function isPaid(order: OrderRecord): boolean {
  return order.resp_code === '00'
}

export function isExpired(order: OrderRecord, now: Date): boolean {
  return order.expires_at !== null && new Date(order.expires_at) <= now
}

function assertSame(known: OrderRecord, fresh: OrderRecord): OrderRecord {
  if (known.request !== fresh.request) throw new UnionpayRefusal('12')
  return known
}

function toOrder(form: PayForm, fields: Fields): OrderRecord {
  const expiresAt = form.payTimeout === undefined ? null : fromTxnTime(form.payTimeout)
  return {
    merchant_id: form.merId,
    order_id: form.orderId,
    txn_time: form.txnTime,
    amount: Number(form.txnAmt),
    description: form.orderDesc,
    front_url: form.frontUrl,
    back_url: form.backUrl,
    req_reserved: form.reqReserved,
    expires_at: expiresAt?.toISOString() ?? null,
    request: toCanonical(fields),
    code: randomCode(CODE_CHARACTERS),
    resp_code: '05',
    query_id: null,
    paid_at: null,
    refunded: 0,
  }
}
