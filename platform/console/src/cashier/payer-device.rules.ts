import type { CashierChannel, PayChoice } from './cashier-view.types.js'

/** What a payer holds in their hands, as far as it decides how a channel is met. */
export interface PayerDevice {
  isPhone: boolean
  /** The page runs inside WeChat, where its own H5 page refuses to open. */
  isInsideWechat: boolean
}

export function deviceOf(userAgent: string): PayerDevice {
  return {
    isPhone: /Mobi|Android|iPhone|iPod|HarmonyOS/i.test(userAgent),
    isInsideWechat: /MicroMessenger/i.test(userAgent),
  }
}

const ON_DESKTOP = ['native', 'page', 'h5', 'wallet', 'counter']
const ON_PHONE = ['h5', 'native', 'page', 'wallet', 'counter']

/** A code can't be scanned by the phone that shows it, so a phone gets a page of its own where there is one. */
export function methodFor(channel: CashierChannel, device: PayerDevice): string | null {
  const isOwnApp = channel.code === 'wechatpay' && device.isInsideWechat
  const preferred = device.isPhone && !isOwnApp ? ON_PHONE : ON_DESKTOP
  return preferred.find((method) => channel.methods.includes(method)) ?? null
}

/** One way per channel, in the server's order. */
export function payChoices(channels: CashierChannel[], device: PayerDevice): PayChoice[] {
  return channels.flatMap((channel) => {
    const method = methodFor(channel, device)
    return method === null ? [] : [{ channel: channel.code, method }]
  })
}
