import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const PAYER_ERRORS = {
  payer_not_found: { status: 404, retryable: false },
  /** The number is known, with other details. */
  payer_conflict: { status: 409, retryable: false },
  /** Two updates met; the second may simply be sent again. */
  payer_changed: { status: 409, retryable: true },
} as const satisfies Record<string, ErrorSpec>

export class PayerError extends PlatformError {
  constructor(code: keyof typeof PAYER_ERRORS, message: string, options?: PlatformErrorOptions) {
    super(code, PAYER_ERRORS[code], message, options)
  }
}
