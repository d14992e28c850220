import { randomBytes } from 'node:crypto'
import type { ChannelOrder, NextAction } from '../channel.port.js'
import { toH5Order, toJsapiOrder, toNativeOrder } from './wechatpay.request.js'
import type { WechatpayMerchant } from './wechatpay.settings.js'
import { signLines } from './wechatpay.signature.js'
import { H5PlacedMessage, JsapiPlacedMessage, NativePlacedMessage, PATH } from './wechatpay.wire.js'

/** How an order is placed by one method, and what its payer has to do then. */
export type Placing =
  | {
      readonly kind: 'call'
      readonly path: string
      readonly json: Readonly<Record<string, unknown>>
      /** Null when the answer fits no schema. */
      toAction(answer: unknown): NextAction | null
    }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

export function toPlacing(order: ChannelOrder, merchant: WechatpayMerchant, now: Date): Placing {
  switch (order.method) {
    case 'native':
      return {
        kind: 'call',
        path: PATH.native,
        json: toNativeOrder(order, merchant),
        toAction: toQr,
      }
    case 'jsapi':
      return toJsapi(order, merchant, now)
    case 'h5':
      return toH5(order, merchant)
    case 'page':
    case 'wallet':
    case 'counter':
      return refused(
        'method_unsupported',
        `WeChat Pay cannot be paid by the method ${order.method}`,
      )
  }
}

function toQr(answer: unknown): NextAction | null {
  const placed = NativePlacedMessage.safeParse(answer)
  return placed.success ? { type: 'show_qr', code_url: placed.data.code_url } : null
}

function toJsapi(order: ChannelOrder, merchant: WechatpayMerchant, now: Date): Placing {
  const openid = order.payer.channel_user_id
  if (!openid) {
    return refused(
      'channel_user_id_missing',
      'Inside WeChat the payer must be known: send their openid under this app id as channel_user_id',
    )
  }
  return {
    ...{ kind: 'call', path: PATH.jsapi, json: toJsapiOrder(order, merchant, openid) },
    toAction(answer) {
      const placed = JsapiPlacedMessage.safeParse(answer)
      if (!placed.success) return null
      const parameters = bridgeParameters(placed.data.prepay_id, merchant, now)
      return { type: 'invoke_jsapi', parameters }
    },
  }
}

function toH5(order: ChannelOrder, merchant: WechatpayMerchant): Placing {
  const { ip } = order.payer
  if (!ip) {
    return refused(
      'payer_ip_missing',
      'WeChat Pay compares the address of the payer’s browser on a phone: send it as the payer’s ip',
    )
  }
  return {
    ...{ kind: 'call', path: PATH.h5, json: toH5Order(order, merchant, ip) },
    toAction(answer) {
      const placed = H5PlacedMessage.safeParse(answer)
      if (!placed.success) return null
      // "拼接redirect_url": without it the browser comes back to where it was, whatever that shows now.
      const back = `redirect_url=${encodeURIComponent(order.return_url)}`
      return { type: 'redirect', url: `${placed.data.h5_url}&${back}` }
    },
  }
}

/** What `WeixinJSBridge.invoke('getBrandWCPayRequest', …)` takes; four lines of it are signed. */
function bridgeParameters(
  prepayId: string,
  merchant: WechatpayMerchant,
  now: Date,
): Readonly<Record<string, string>> {
  const signed = {
    appId: merchant.app_id,
    timeStamp: String(Math.floor(now.getTime() / 1000)),
    nonceStr: randomBytes(16).toString('hex'),
    package: `prepay_id=${prepayId}`,
  }
  const paySign = signLines(Object.values(signed), merchant.privateKey)
  return { ...signed, signType: 'RSA', paySign }
}

function refused(code: string, message: string): Placing {
  return { kind: 'refused', code, message }
}
