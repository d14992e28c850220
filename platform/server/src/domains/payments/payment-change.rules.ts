import { PaymentError } from './payment.errors.js'
import type { Payment } from './payment.types.js'

/** Why a payment cannot be paid in another way; null when it can. */
export function refusalOfChange(
  payment: Pick<Payment, 'status' | 'expires_at'>,
  now: Date,
): PaymentError | null {
  switch (payment.status) {
    case 'pending':
      return payment.expires_at > now
        ? null
        : refusal('payment_not_changeable', 'The time to pay this is over.')
    case 'created':
      return refusal(
        'payment_not_changeable',
        'No order of this payment is placed: there is nothing to change yet.',
      )
    case 'processing':
      return new PaymentError(
        'payment_in_doubt',
        'The channel has not said yet whether it took the order. Ask again in a moment.',
        { retryAfterSeconds: 5, outcome: 'unknown' },
      )
    case 'succeeded':
      return refusal(
        'payment_already_paid',
        'The payment is paid, by the order placed before. Nothing was changed.',
      )
    case 'failed':
    case 'closed':
      return refusal('payment_not_changeable', `The payment is ${payment.status}: it is over.`)
  }
}

function refusal(
  code: 'payment_not_changeable' | 'payment_already_paid',
  message: string,
): PaymentError {
  return new PaymentError(code, message, { outcome: 'failed' })
}
