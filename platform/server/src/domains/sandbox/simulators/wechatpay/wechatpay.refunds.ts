import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorNotifier } from '../simulator.notifier.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import type { FaultTarget, SimulatorFaults } from '../simulator-faults.js'
import { toRefundNotice, toWireTime } from './wechatpay.answers.js'
import { randomDigits } from './wechatpay.cipher.js'
import { toNoticeFields } from './wechatpay.notifier.js'
import { isPaid, type WechatpayOrders } from './wechatpay.orders.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import type { CreateRefund } from './wechatpay.schema.js'
import type { WechatpayTiming } from './wechatpay.timing.js'
import {
  type MerchantRecord,
  merchantKey,
  type OrderRecord,
  REFUND,
  type RefundRecord,
  TRANSACTION,
} from './wechatpay.types.js'

const REFUNDS_PER_ORDER_MAX = 50
const REFUND_AGE_MS_MAX = 365 * 24 * 3_600_000

export interface RefundsOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly orders: WechatpayOrders
  readonly notifier: SimulatorNotifier
  readonly timing: WechatpayTiming
  readonly faults: SimulatorFaults
}

export class WechatpayRefunds {
  constructor(private readonly options: RefundsOptions) {}

  /** Accepts a refund; the money arrives later. The same refund number again is the same refund. */
  async create(merchant: MerchantRecord, input: CreateRefund): Promise<RefundRecord> {
    const { store, notifier } = this.options
    const outTradeNo = await this.orderNumber(merchant, input)
    const refund = await store.transaction(async (tx) => {
      const order = await this.lockOrder(tx, merchant, outTradeNo)
      const key = merchantKey(merchant.merchant_id, input.out_refund_no)
      const existing = await tx.lock(REFUND, key)
      if (existing) return assertSameRefund(existing, order, input)
      const { transaction_id } = order
      if (!isPaid(order) || transaction_id === null) {
        throw new WechatpayRefusal('INVALID_REQUEST', '订单未支付，不能退款')
      }
      this.assertRefundable(order, input)
      const fresh = this.toRefund({ ...order, transaction_id }, input)
      const dueAt = new Date(
        this.options.clock.now().getTime() + this.options.timing.refundSettleMs,
      )
      // The number may be taken, at this very moment, by a refund of another order.
      if (!(await tx.insert(REFUND, key, fresh, dueAt))) throw reentryRefusal()
      await this.options.orders.save(tx, {
        ...order,
        trade_state: 'REFUND',
        refunded: Number(BigInt(order.refunded) + BigInt(fresh.refund)),
        refund_count: order.refund_count + 1,
      })
      return fresh
    })
    notifier.wake()
    return refund
  }

  async query(merchant: MerchantRecord, outRefundNo: string): Promise<RefundRecord> {
    const key = merchantKey(merchant.merchant_id, outRefundNo)
    const refund = await this.options.store.find(REFUND, key)
    if (!refund) throw new WechatpayRefusal('RESOURCE_NOT_EXISTS', '退款单不存在')
    return refund
  }

  /** The refund reaches the payer: called by the loop when its time has come. */
  async settle(key: string): Promise<void> {
    const { store, clock, notifier, faults } = this.options
    const waiting = await store.find(REFUND, key)
    if (waiting?.status !== 'PROCESSING') return
    const target = targetOf(waiting)
    const isAbnormal = await faults.strikes('refund_abnormal', target)
    const behaviour = await faults.behaviourOf(target)
    await store.transaction(async (tx) => {
      const refund = await tx.lock(REFUND, key)
      if (refund?.status !== 'PROCESSING') return
      const settled: RefundRecord = isAbnormal
        ? { ...refund, status: 'ABNORMAL' }
        : { ...refund, status: 'SUCCESS', success_time: toWireTime(clock.now()) }
      await tx.save(REFUND, key, settled)
      if (settled.notify_url === null) return
      const event = {
        event_type: `REFUND.${settled.status}`,
        summary: isAbnormal ? '退款异常' : '退款成功',
        original_type: 'refund',
        resource: toRefundNotice(settled),
      } as const
      await notifier.schedule(tx, {
        merchant_id: settled.merchant_id,
        order_no: settled.out_trade_no,
        notify_url: settled.notify_url,
        behaviour,
        fields: toNoticeFields(event, behaviour, clock.now()),
      })
    })
  }

  /** The order's number, when the merchant named it by WeChat's. */
  async orderNumber(merchant: MerchantRecord, input: CreateRefund): Promise<string> {
    if (input.transaction_id === undefined) return input.out_trade_no ?? ''
    const key = merchantKey(merchant.merchant_id, input.transaction_id)
    const reference = await this.options.store.find(TRANSACTION, key)
    if (!reference) throw new WechatpayRefusal('RESOURCE_NOT_EXISTS', '订单不存在')
    if (input.out_trade_no !== undefined && input.out_trade_no !== reference.out_trade_no) {
      throw new WechatpayRefusal('INVALID_REQUEST', '商户订单号与微信支付订单号不匹配')
    }
    return reference.out_trade_no
  }

  /** For a refund a missing order is `RESOURCE_NOT_EXISTS`, not the code of the order query. */
  private async lockOrder(tx: SimulatorTransaction, merchant: MerchantRecord, outTradeNo: string) {
    try {
      return await this.options.orders.lock(tx, merchant.merchant_id, outTradeNo)
    } catch (error) {
      if (!(error instanceof WechatpayRefusal)) throw error
      throw new WechatpayRefusal('RESOURCE_NOT_EXISTS', error.message)
    }
  }

  private assertRefundable(order: OrderRecord, input: CreateRefund): void {
    if (input.amount.total !== order.total) {
      throw new WechatpayRefusal(
        'INVALID_REQUEST',
        '订单金额或退款金额与之前请求不一致，请核实后再试',
      )
    }
    const left = BigInt(order.total) - BigInt(order.refunded)
    if (left === 0n) throw new WechatpayRefusal('INVALID_REQUEST', '订单已全额退款')
    if (BigInt(input.amount.refund) > left) {
      throw new WechatpayRefusal('INVALID_REQUEST', '申请退款金额大于订单可退金额')
    }
    if (order.refund_count >= REFUNDS_PER_ORDER_MAX) {
      throw new WechatpayRefusal('INVALID_REQUEST', '同一订单的部分退款次数不能超过50次')
    }
    const ageMs = this.options.clock.now().getTime() - Date.parse(order.success_time ?? '')
    if (ageMs > REFUND_AGE_MS_MAX) {
      throw new WechatpayRefusal('INVALID_REQUEST', '订单已超过可退款的最大期限')
    }
  }

  private toRefund(
    order: OrderRecord & { transaction_id: string },
    input: CreateRefund,
  ): RefundRecord {
    const create_time = toWireTime(this.options.clock.now())
    const day = create_time.slice(0, 10).replaceAll('-', '')
    return {
      merchant_id: order.merchant_id,
      out_refund_no: input.out_refund_no,
      refund_id: `50300${randomDigits(5)}${day}${randomDigits(11)}`,
      out_trade_no: order.out_trade_no,
      transaction_id: order.transaction_id,
      reason: input.reason ?? null,
      notify_url: input.notify_url ?? null,
      refund: input.amount.refund,
      total: input.amount.total,
      currency: input.amount.currency,
      status: 'PROCESSING',
      create_time,
      success_time: null,
    }
  }
}

function targetOf(refund: RefundRecord): FaultTarget {
  return {
    merchant_id: refund.merchant_id,
    order_no: refund.out_trade_no,
    amount: refund.total,
    occasion: refund.out_refund_no,
  }
}

function assertSameRefund(
  existing: RefundRecord,
  order: OrderRecord,
  input: CreateRefund,
): RefundRecord {
  const isSame =
    existing.out_trade_no === order.out_trade_no &&
    existing.refund === input.amount.refund &&
    existing.total === input.amount.total &&
    existing.currency === input.amount.currency &&
    existing.reason === (input.reason ?? null) &&
    existing.notify_url === (input.notify_url ?? null)
  if (!isSame) throw reentryRefusal()
  return existing
}

function reentryRefusal(): WechatpayRefusal {
  return new WechatpayRefusal('INVALID_REQUEST', '请求重入时，参数与首次请求时不一致')
}
