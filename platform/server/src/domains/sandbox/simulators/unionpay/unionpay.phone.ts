import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../../../kernel/clock.js'
import { phonePages } from '../phone/phone.routes.js'
import type { PhoneBrand, PhoneOrder, PhonePayer, PhoneState } from '../phone/phone.types.js'
import { toPaymentNotice } from './unionpay.answers.js'
import type { UnionpayAuthority } from './unionpay.authority.js'
import { isExpired, isPaid, type UnionpayOrders } from './unionpay.orders.js'
import type { UnionpayPayer } from './unionpay.payer.js'
import { UnionpayRefusal } from './unionpay.refusal.js'
import { toTxnTime } from './unionpay.time.js'
import type { OrderRecord } from './unionpay.types.js'

export interface UnionpayPhoneOptions {
  readonly authority: UnionpayAuthority
  readonly orders: UnionpayOrders
  readonly payer: UnionpayPayer
  readonly clock: Clock
  readonly publicBase: string
}

export const UNIONPAY_BRAND: PhoneBrand = {
  path: '/unionpay/phone',
  title: { zh: '银联在线支付（模拟）', en: 'UnionPay (simulated)' },
  method: { zh: '银行卡', en: 'Bank card' },
  colours: { brand: '#c8102e', brand_dark: '#8f0b21', brand_soft: '#fdecee' },
}

/** UnionPay's page, and the payer at it. */
export async function unionpayPhone(
  app: FastifyInstance,
  options: UnionpayPhoneOptions,
): Promise<void> {
  const { authority, orders, payer, clock, publicBase } = options
  const phone: PhonePayer = {
    async find(code) {
      const order = await orders.findByCode(code)
      if (!order) return null
      const merchant = await authority.merchant(order.merchant_id)
      const name = merchant?.merchant_name ?? order.merchant_id
      return toPhoneOrder(order, name, clock.now())
    },
    async play(code, play) {
      const order = await orders.findByCode(code)
      if (order) await payer.play(order, play)
    },
    explain: (error) => (error instanceof UnionpayRefusal ? error.message : null),
    async returnOf(code) {
      const order = await orders.findByCode(code)
      if (!order || !isPaid(order)) return null
      const fields = await authority.seal(toPaymentNotice(order))
      return { method: 'POST', url: order.front_url, fields }
    },
  }
  await phonePages(app, { brand: UNIONPAY_BRAND, payer: phone, publicBase })
}

function toPhoneOrder(order: OrderRecord, merchant_name: string, now: Date): PhoneOrder {
  return {
    state: stateOf(order, now),
    amount: BigInt(order.amount),
    merchant_name,
    description: order.description,
    order_no: order.order_id,
    transaction_no: order.query_id,
    paid_at: order.paid_at === null ? null : toReadable(new Date(order.paid_at)),
  }
}

function stateOf(order: OrderRecord, now: Date): PhoneState {
  if (isPaid(order)) return order.refunded > 0 ? 'refunded' : 'paid'
  if (isExpired(order, now)) return 'closed'
  return order.resp_code === '05' ? 'waiting' : 'refused'
}

function toReadable(moment: Date): string {
  return toTxnTime(moment).replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3 $4:$5:$6')
}
