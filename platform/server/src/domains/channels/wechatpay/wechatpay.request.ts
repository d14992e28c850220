import { assert } from '../../../kernel/assert.js'
import { type Money, toWireAmount } from '../../../kernel/money.js'
import type { ChannelOrder, ChannelRefund } from '../channel.port.js'
import type { WechatpayMerchant } from './wechatpay.settings.js'
import { CURRENCY, DESCRIPTION_LENGTH_MAX, REASON_LENGTH_MAX } from './wechatpay.wire.js'

const SHANGHAI_OFFSET_MS = 8 * 60 * 60 * 1000
/** What the documentation's examples say of a page that is neither an iOS nor an Android app. */
const H5_SCENE = 'Wap'

type Json = Readonly<Record<string, unknown>>

export const isSpokenCurrency = (amount: Money): boolean => amount.currency === CURRENCY

/** What every order says; a Native order says nothing else. */
export function toNativeOrder(order: ChannelOrder, merchant: WechatpayMerchant): Json {
  return {
    appid: merchant.app_id,
    mchid: merchant.merchant_id,
    description: cut(order.description, DESCRIPTION_LENGTH_MAX),
    out_trade_no: order.order_no,
    time_expire: toWireTime(order.expires_at),
    notify_url: order.notify_url,
    amount: { total: toFen(order.amount), currency: CURRENCY },
  }
}

export function toJsapiOrder(
  order: ChannelOrder,
  merchant: WechatpayMerchant,
  openid: string,
): Json {
  return { ...toNativeOrder(order, merchant), payer: { openid } }
}

export function toH5Order(order: ChannelOrder, merchant: WechatpayMerchant, ip: string): Json {
  const scene_info = { payer_client_ip: ip, h5_info: { type: H5_SCENE } }
  return { ...toNativeOrder(order, merchant), scene_info }
}

export function toRefund(refund: ChannelRefund): Readonly<Record<string, unknown>> {
  return {
    out_trade_no: refund.order.order_no,
    out_refund_no: refund.refund_no,
    // An empty reason would be a parameter error, an absent one is none.
    ...(refund.reason === '' ? {} : { reason: cut(refund.reason, REASON_LENGTH_MAX) }),
    notify_url: refund.notify_url,
    amount: {
      refund: toFen(refund.amount),
      total: toFen(refund.order.amount),
      currency: CURRENCY,
    },
  }
}

function toFen(amount: Money): number {
  assert(isSpokenCurrency(amount), 'WeChat Pay is asked for yuan only')
  return toWireAmount(amount.minor)
}

/** WeChat wants seconds and an offset; the part of a second is dropped, so nothing lives longer. */
function toWireTime(moment: Date): string {
  const local = new Date(moment.getTime() + SHANGHAI_OFFSET_MS)
  return `${local.toISOString().slice(0, 19)}+08:00`
}

/** By characters, so that none is cut in two. */
function cut(text: string, lengthMax: number): string {
  return Array.from(text).slice(0, lengthMax).join('')
}
