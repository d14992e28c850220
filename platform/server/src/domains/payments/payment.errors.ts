import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const PAYMENT_ERRORS = {
  payment_not_found: { status: 404, retryable: false },
  payment_conflict: { status: 409, retryable: false },
  payment_amount_missing: { status: 400, retryable: false },
  payment_source_ambiguous: { status: 400, retryable: false },
  payment_expiry_invalid: { status: 400, retryable: false },
  payment_method_unsupported: { status: 400, retryable: false },
  payment_not_closable: { status: 409, retryable: false },
  payment_not_changeable: { status: 409, retryable: false },
  payment_already_paid: { status: 409, retryable: false },
  payment_change_under_way: { status: 409, retryable: true },
  payment_in_doubt: { status: 409, retryable: true },
  payment_channel_silent: { status: 503, retryable: true },
  /** It is not to be paid by campus card, or is over. */
  payment_not_confirmable: { status: 409, retryable: false },
  /** Whose wallet pays is not known: no bill, several payers, or a payer without a wallet. */
  payment_wallet_unknown: { status: 409, retryable: false },
  payment_not_payable: { status: 409, retryable: false },
  payment_not_refundable: { status: 409, retryable: false },
  refund_exceeds_payment: { status: 409, retryable: false },
  refund_items_invalid: { status: 400, retryable: false },
  checkout_not_found: { status: 404, retryable: false },
  checkout_source_ambiguous: { status: 400, retryable: false },
  checkout_expiry_invalid: { status: 400, retryable: false },
  checkout_not_payable: { status: 409, retryable: false },
  checkout_not_cancellable: { status: 409, retryable: false },
  checkout_bills_mismatch: { status: 400, retryable: false },
  channel_not_allowed: { status: 409, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class PaymentError extends PlatformError {
  constructor(code: keyof typeof PAYMENT_ERRORS, message: string, options?: PlatformErrorOptions) {
    super(code, PAYMENT_ERRORS[code], message, options)
  }
}

/** The same answer for what does not exist and for what is somebody else's. */
export function paymentNotFound(id: string): PaymentError {
  return new PaymentError('payment_not_found', `No such payment, or it is not yours: ${id}.`, {
    outcome: 'failed',
  })
}

export function checkoutNotFound(id: string): PaymentError {
  return new PaymentError('checkout_not_found', `No such checkout, or it is not yours: ${id}.`)
}
