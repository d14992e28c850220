import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../../kernel/errors.js'

export const COUNTER_ERRORS = {
  counter_order_not_found: { status: 404, retryable: false },
  /** It is closed or expired: take no money for it. */
  counter_order_over: { status: 409, retryable: false },
  /** It was received before, in another way. */
  counter_order_paid: { status: 409, retryable: false },
  counter_amount_short: { status: 400, retryable: false },
  /** A card terminal takes exactly what is to be paid. */
  counter_amount_differs: { status: 400, retryable: false },
  counter_refund_not_found: { status: 404, retryable: false },
  /** The refund waits for an approval, failed, or goes back by another channel. */
  counter_refund_not_ready: { status: 409, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class CounterError extends PlatformError {
  constructor(code: keyof typeof COUNTER_ERRORS, message: string, options?: PlatformErrorOptions) {
    super(code, COUNTER_ERRORS[code], message, options)
  }
}
