import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import { toWireTime } from './wechatpay.answers.js'
import { randomText } from './wechatpay.cipher.js'
import { WechatpayRefusal } from './wechatpay.refusal.js'
import { type CreateOrder, toCanonicalJson } from './wechatpay.schema.js'
import {
  CODE,
  type MerchantRecord,
  merchantKey,
  ORDER,
  type OrderRecord,
  type TradeType,
} from './wechatpay.types.js'

/** "支付结束时间不能早于下单时间后1分钟": an earlier one is moved there. */
const EXPIRY_MS_MIN = 60_000
/** Without time_expire an order can be paid for seven days. */
const EXPIRY_MS_DEFAULT = 7 * 24 * 3_600_000
const CODE_CHARACTERS = 12
const CODE_URL_PREFIX = 'weixin://wxpay/bizpayurl?pr='

export class WechatpayOrders {
  constructor(
    private readonly store: SimulatorStore,
    private readonly clock: Clock,
  ) {}

  /** The same number with the same parameters is the same order. */
  async create(
    merchant: MerchantRecord,
    input: CreateOrder,
    trade_type: TradeType,
  ): Promise<OrderRecord> {
    assertOwnMerchant(merchant, input.mchid)
    if (input.appid !== merchant.app_id) {
      throw new WechatpayRefusal('APPID_MCHID_NOT_MATCH', '商户号mch_id与appid不匹配')
    }
    const fresh = this.toOrder(input, trade_type)
    return this.store.transaction(async (tx) => {
      const key = merchantKey(fresh.merchant_id, fresh.out_trade_no)
      if (await tx.insert(ORDER, key, fresh)) {
        const { merchant_id, out_trade_no } = fresh
        await tx.insert(CODE, fresh.code, { merchant_id, out_trade_no })
        return fresh
      }
      const order = await this.lock(tx, merchant.merchant_id, input.out_trade_no)
      if (isPaid(order)) throw new WechatpayRefusal('ORDERPAID', '该订单已支付')
      if (order.trade_state === 'CLOSED') {
        throw new WechatpayRefusal('ORDER_CLOSED', '该订单已关闭，请重新下单')
      }
      if (order.request !== fresh.request) {
        throw new WechatpayRefusal('INVALID_REQUEST', '201 商户订单号重复')
      }
      return order
    })
  }

  async query(merchant: MerchantRecord, mchid: string | undefined, outTradeNo: string) {
    assertOwnMerchant(merchant, mchid)
    return this.look(merchant.merchant_id, outTradeNo)
  }

  /** The order as it is now; an unpaid one whose time is over is closed by looking at it. */
  look(merchantId: string, outTradeNo: string): Promise<OrderRecord> {
    return this.store.transaction((tx) => this.lock(tx, merchantId, outTradeNo))
  }

  /** Closing what is closed is no error: the merchant's wish is already true. */
  async close(merchant: MerchantRecord, mchid: string, outTradeNo: string): Promise<OrderRecord> {
    assertOwnMerchant(merchant, mchid)
    return this.store.transaction(async (tx) => {
      const order = await this.lock(tx, merchant.merchant_id, outTradeNo)
      if (isPaid(order)) throw new WechatpayRefusal('ORDERPAID', '该订单已支付')
      if (order.trade_state === 'CLOSED') return order
      return this.save(tx, { ...order, trade_state: 'CLOSED' })
    })
  }

  /** Holds the order until the transaction ends, after closing it if its time is over. */
  async lock(tx: SimulatorTransaction, merchantId: string, outTradeNo: string) {
    const order = await tx.lock(ORDER, merchantKey(merchantId, outTradeNo))
    if (!order) throw new WechatpayRefusal('ORDER_NOT_EXIST', '订单不存在')
    if (isPaid(order) || order.trade_state === 'CLOSED') return order
    if (new Date(order.expires_at) > this.clock.now()) return order
    return this.save(tx, { ...order, trade_state: 'CLOSED' })
  }

  async save(tx: SimulatorTransaction, order: OrderRecord): Promise<OrderRecord> {
    await tx.save(ORDER, merchantKey(order.merchant_id, order.out_trade_no), order)
    return order
  }

  /** Remembers where a browser came from that arrived at an order's page. */
  async arrive(merchantId: string, outTradeNo: string, return_url: string | null) {
    return this.store.transaction(async (tx) => {
      const order = await this.lock(tx, merchantId, outTradeNo)
      return this.save(tx, { ...order, return_url })
    })
  }

  private toOrder(input: CreateOrder, trade_type: TradeType): OrderRecord {
    const nowMs = this.clock.now().getTime()
    const wanted = input.time_expire ? Date.parse(input.time_expire) : nowMs + EXPIRY_MS_DEFAULT
    return {
      merchant_id: input.mchid,
      app_id: input.appid,
      out_trade_no: input.out_trade_no,
      description: input.description,
      attach: input.attach ?? null,
      notify_url: input.notify_url,
      total: input.amount.total,
      currency: input.amount.currency,
      request: toCanonicalJson({ trade_type, input }),
      trade_type,
      prepay_id: `wx${toWireTime(this.clock.now()).replace(/\D/g, '').slice(0, 14)}${randomText(20)}`,
      code: randomText(CODE_CHARACTERS),
      expires_at: new Date(Math.max(wanted, nowMs + EXPIRY_MS_MIN)).toISOString(),
      return_url: null,
      trade_state: 'NOTPAY',
      transaction_id: null,
      success_time: null,
      payer_openid: null,
      refunded: 0,
      refund_count: 0,
    }
  }
}

export function isPaid(order: OrderRecord): boolean {
  return order.trade_state === 'SUCCESS' || order.trade_state === 'REFUND'
}

export function toCodeUrl(order: OrderRecord): string {
  return `${CODE_URL_PREFIX}${order.code}`
}

/** The `pr` of a code_url, or the text itself when it is one already. */
export function toCode(codeUrl: string): string {
  return codeUrl.startsWith(CODE_URL_PREFIX) ? codeUrl.slice(CODE_URL_PREFIX.length) : codeUrl
}

function assertOwnMerchant(merchant: MerchantRecord, mchid: string | undefined): void {
  if (mchid === undefined || mchid === '') {
    throw new WechatpayRefusal('PARAM_ERROR', '参数错误：缺少mchid', { field: 'mchid' })
  }
  if (mchid !== merchant.merchant_id) {
    throw new WechatpayRefusal('NO_AUTH', '请求中的商户号与签名的商户号不一致')
  }
}
