import { type Caller, idFor } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import type { Checkout } from './checkout.types.js'
import { PaymentError } from './payment.errors.js'
import { expiryOf } from './payment.rules.js'
import type { CreatePayment } from './payment.schema.js'
import type { Payment } from './payment.types.js'

/** Why this cannot become a payment; null when it can. */
export function refusalOfNewPayment(body: CreatePayment, now: Date): PaymentError | null {
  if (body.checkout !== undefined && body.amount !== undefined) {
    return refusal(
      'payment_source_ambiguous',
      'A payment collects either a checkout or an amount of its own: send one of the two.',
      { pointer: '/amount', code: 'payment_source_ambiguous', detail: 'not with checkout' },
    )
  }
  if (body.checkout === undefined && (body.amount === undefined || body.subject === undefined)) {
    const field = body.amount === undefined ? 'amount' : 'subject'
    return refusal('payment_amount_missing', 'A direct payment needs amount and subject.', {
      pointer: `/${field}`,
      code: 'field_missing',
      detail: 'required without checkout',
    })
  }
  if (expiryOf(body.expires_at, now)) return null
  return refusal('payment_expiry_invalid', 'expires_at must be 1 minute to 7 days ahead.', {
    pointer: '/expires_at',
    code: 'field_out_of_range',
    detail: '1 minute to 7 days ahead',
  })
}

/**
 * The row of a payment that nobody has begun to pay. What it collects of a checkout is filled in later.
 * @throws PaymentError payment_source_ambiguous, payment_amount_missing, payment_expiry_invalid
 */
export function newPayment(caller: Caller, body: CreatePayment, now: Date): Payment {
  const expiresAt = expiryOf(body.expires_at, now)
  const refused = refusalOfNewPayment(body, now)
  if (refused || !expiresAt) throw refused ?? new Error('an expiry is refused or known')
  return {
    institution_id: caller.institution_id,
    livemode: caller.livemode,
    id: idFor(caller, 'pay'),
    app_id: caller.app_id,
    department_id: caller.department_id,
    checkout_id: body.checkout ?? null,
    wallet_id: null,
    out_trade_no: body.out_trade_no,
    subject: body.subject ?? '',
    currency: body.currency,
    amount: BigInt(body.amount ?? 0),
    amount_refunded: 0n,
    amount_refunding: 0n,
    status: 'created',
    channel: null,
    method: null,
    next_action: null,
    current_attempt_id: null,
    failure_code: null,
    failure_message: null,
    return_url: body.return_url ?? null,
    expires_at: expiresAt,
    succeeded_at: null,
    closed_at: null,
    metadata: body.metadata,
    created_at: now,
    updated_at: now,
  }
}

/** What a payment takes from the checkout it collects. It ends with the checkout at the latest. */
export function collectedBy(
  asked: Pick<Payment, 'subject' | 'return_url' | 'expires_at'>,
  checkout: Checkout,
) {
  return {
    checkout_id: checkout.id,
    department_id: checkout.department_id,
    subject: asked.subject || checkout.title,
    currency: checkout.currency,
    amount: checkout.amount,
    return_url: asked.return_url ?? checkout.return_url,
    expires_at: asked.expires_at < checkout.expires_at ? asked.expires_at : checkout.expires_at,
  }
}

/** A payment that the payer makes at the cashier. The app knows it by the number of its checkout. */
export function paymentOfCheckout(checkout: Checkout, now: Date): Payment {
  const id = newId('pay')
  const { institution_id, livemode, app_id, expires_at } = checkout
  return {
    institution_id,
    livemode,
    id,
    app_id,
    wallet_id: null,
    out_trade_no: `${checkout.id}.${id.slice('pay_'.length)}`,
    amount_refunded: 0n,
    amount_refunding: 0n,
    status: 'created',
    channel: null,
    method: null,
    next_action: null,
    current_attempt_id: null,
    failure_code: null,
    failure_message: null,
    succeeded_at: null,
    closed_at: null,
    metadata: {},
    created_at: now,
    updated_at: now,
    ...collectedBy({ subject: '', return_url: null, expires_at }, checkout),
  }
}

function refusal(
  code: 'payment_source_ambiguous' | 'payment_amount_missing' | 'payment_expiry_invalid',
  message: string,
  error: { readonly pointer: string; readonly code: string; readonly detail: string },
): PaymentError {
  return new PaymentError(code, message, { outcome: 'failed', errors: [error] })
}
