import { ChannelError } from './channel.errors.js'
import type {
  ChannelMethod,
  ChannelOrder,
  NotificationAnswer,
  PlaceOrderResult,
} from './channel.port.js'

const CURRENCIES: readonly string[] = ['CNY']

/** What no channel of the house takes; null when it does. */
export function refusalOfOrder(
  { method, amount }: Pick<ChannelOrder, 'method' | 'amount'>,
  methods: readonly ChannelMethod[],
): Extract<PlaceOrderResult, { kind: 'refused' }> | null {
  const refused = (code: string, message: string) => ({ kind: 'refused' as const, code, message })
  if (!methods.includes(method)) return refused('method_unsupported', `It is paid by ${methods}.`)
  if (CURRENCIES.includes(amount.currency)) return null
  return refused('currency_unsupported', `It takes ${CURRENCIES}, not ${amount.currency}.`)
}

/** The channels of the house have no provider: whoever sends us a notification for one is lying. */
export function refuseAnyNotification(): never {
  throw new ChannelError(
    'notification_invalid',
    'This channel has no provider, so nobody notifies us about it.',
  )
}

export function answerNotification(status: number, message: string): NotificationAnswer {
  return { status, content_type: 'text/plain; charset=utf-8', body: message }
}
