import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../../kernel/errors.js'

export const PAYMENT_LIMIT_ERRORS = {
  /** Nothing was written. What is left, and of which limit, is in the message and in `errors`. */
  payment_limit_exceeded: { status: 422, retryable: false },
  payment_limit_not_found: { status: 404, retryable: false },
  /** It would limit nothing. */
  payment_limit_empty: { status: 400, retryable: false },
  payment_limit_reached: { status: 409, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class PaymentLimitError extends PlatformError {
  constructor(
    code: keyof typeof PAYMENT_LIMIT_ERRORS,
    message: string,
    options?: PlatformErrorOptions,
  ) {
    super(code, PAYMENT_LIMIT_ERRORS[code], message, options)
  }
}
