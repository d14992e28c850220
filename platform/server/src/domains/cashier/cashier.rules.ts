import type { Checkout } from '../payments/checkout.types.js'
import type { Payment } from '../payments/payment.types.js'
import type { CashierStatus } from './cashier.schema.js'

/** Where the payer stands, from the checkout and the payment under way. */
export function statusOf(
  checkout: Pick<Checkout, 'status' | 'expires_at'> | null,
  payment: Pick<Payment, 'status' | 'channel' | 'expires_at'> | null,
  now: Date,
): CashierStatus {
  if (payment?.status === 'succeeded') return 'paid'
  if (checkout && checkout.status !== 'open') return ofEndedCheckout(checkout.status)
  if (payment && isUnderWay(payment)) return 'paying'
  if (payment?.status === 'created' || checkout) {
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

/** From the moment a channel was chosen: its order may be placed already, whatever we know of it. */
function isUnderWay({ status, channel }: Pick<Payment, 'status' | 'channel'>): boolean {
  return status === 'pending' || status === 'processing' || (status === 'created' && !!channel)
}

function ofEndedCheckout(status: Checkout['status']): CashierStatus {
  if (status === 'completed') return 'paid'
  return status === 'expired' ? 'expired' : 'closed'
}
