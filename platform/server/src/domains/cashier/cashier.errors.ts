import { type ErrorSpec, PlatformError } from '../../kernel/errors.js'

export const CASHIER_ERRORS = {
  cashier_link_unknown: { status: 404, retryable: false },
  cashier_not_payable: { status: 409, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class CashierError extends PlatformError {
  constructor(code: keyof typeof CASHIER_ERRORS, message: string) {
    super(code, CASHIER_ERRORS[code], message)
  }
}
