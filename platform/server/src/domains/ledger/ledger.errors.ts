import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const LEDGER_ERRORS = {
  /** The same change of the same object was booked before, with other amounts or accounts. */
  ledger_posting_conflict: { status: 409, retryable: false },
  ledger_transaction_not_found: { status: 404, retryable: false },
  ledger_correction_not_found: { status: 404, retryable: false },
  /** What is asked would not correct the transaction: too much, another type of account, nothing left. */
  ledger_correction_refused: { status: 400, retryable: false },
  ledger_already_reversed: { status: 409, retryable: false },
  /** Nobody approves what they asked for. */
  ledger_correction_own: { status: 403, retryable: false },
  ledger_correction_decided: { status: 409, retryable: false },
  /** Another correction of the same transaction was faster. */
  ledger_correction_outdated: { status: 409, retryable: false },
  /** The journal could not be read to its end; what was written so far is not whole. */
  ledger_export_interrupted: { status: 503, retryable: true },
} as const satisfies Record<string, ErrorSpec>

export type LedgerErrorCode = keyof typeof LEDGER_ERRORS

export class LedgerError extends PlatformError {
  constructor(code: LedgerErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, LEDGER_ERRORS[code], message, options)
  }
}

export function ledgerTransactionNotFound(id: string): LedgerError {
  return new LedgerError(
    'ledger_transaction_not_found',
    `No such ledger transaction, or it is not yours: ${id}.`,
  )
}
