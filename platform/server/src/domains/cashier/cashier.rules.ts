import type { ChannelCode, ChannelMethod } from '../channels/channel.port.js'
import type { Checkout } from '../payments/checkout.types.js'
import type { Payment } from '../payments/payment.types.js'
import type { CashierStatus } from './cashier.schema.js'

/** Where the payer stands, from the checkout and the payment under way. */
export function statusOf(
  checkout: Pick<Checkout, 'status' | 'expires_at'> | null,
  payment: Pick<Payment, 'status' | 'channel' | 'expires_at' | 'current_attempt_id'> | null,
  now: Date,
): CashierStatus {
  if (payment?.status === 'succeeded') return 'paid'
  if (checkout && checkout.status !== 'open') return ofEndedCheckout(checkout.status)
  if (payment && isUnderWay(payment)) return 'paying'
  if (payment?.status === 'created' || payment?.status === 'pending' || checkout) {
    const expiresAt = (checkout ?? payment)?.expires_at
    if (expiresAt && expiresAt <= now) return 'expired'
    return payment?.status === 'failed' ? 'failed' : 'open'
  }
  return payment?.status === 'failed' ? 'failed' : 'closed'
}

/** A failed payment may be tried again when a checkout stands behind it: it gets a new payment. */
export function canPay(status: CashierStatus, hasCheckout: boolean): boolean {
  return status === 'open' || (status === 'failed' && hasCheckout)
}

/** While the payer can pay the order under way, another way to pay can be chosen instead. */
export function canChange(payment: Pick<Payment, 'status' | 'next_action'> | null): boolean {
  return payment?.status === 'pending' && payment.next_action !== null
}

/**
 * From the moment a channel was chosen: its order may be placed already, whatever we know of it. Not
 * between two orders: a change that did not come to its end is for the payer to choose again.
 */
function isUnderWay(payment: Pick<Payment, 'status' | 'channel' | 'current_attempt_id'>): boolean {
  const { status, channel, current_attempt_id } = payment
  if (status === 'pending') return current_attempt_id !== null
  return status === 'processing' || (status === 'created' && channel !== null)
}

/**
 * What the hosted page can do. Not jsapi: only the app that brought the payer here can know who they are
 * inside the channel's own app. An order that it placed with that knowledge is shown all the same.
 */
const PAGE_METHODS: readonly ChannelMethod[] = ['native', 'h5', 'page', 'wallet', 'counter']

/** The channels that a payer can use on this page. */
export function usableHere(
  channels: readonly { readonly code: ChannelCode; readonly methods: readonly ChannelMethod[] }[],
): { code: ChannelCode; methods: ChannelMethod[] }[] {
  return channels
    .map(({ code, methods }) => ({
      code,
      methods: methods.filter((method) => PAGE_METHODS.includes(method)),
    }))
    .filter(({ methods }) => methods.length > 0)
}

function ofEndedCheckout(status: Checkout['status']): CashierStatus {
  if (status === 'completed') return 'paid'
  return status === 'expired' ? 'expired' : 'closed'
}
