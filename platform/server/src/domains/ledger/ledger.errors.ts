import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const LEDGER_ERRORS = {
  /** The same change of the same object was booked before, with other amounts or accounts. */
  ledger_posting_conflict: { status: 409, retryable: false },
  /** The journal could not be read to its end; what was written so far is not whole. */
  ledger_export_interrupted: { status: 503, retryable: true },
} as const satisfies Record<string, ErrorSpec>

export type LedgerErrorCode = keyof typeof LEDGER_ERRORS

export class LedgerError extends PlatformError {
  constructor(code: LedgerErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, LEDGER_ERRORS[code], message, options)
  }
}
