import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const BILL_ERRORS = {
  bill_not_found: { status: 404, retryable: false },
  /** The out_bill_no is known, with other parameters. */
  bill_conflict: { status: 409, retryable: false },
  bill_currency_mismatch: { status: 400, retryable: false },
  bill_lines_mismatch: { status: 400, retryable: false },
  bill_expiry_invalid: { status: 400, retryable: false },
  bill_not_voidable: { status: 409, retryable: false },
  /** A payment holds part of the bill; once it ends the same call may succeed. */
  bill_being_paid: { status: 409, retryable: true },
  bill_not_extendable: { status: 409, retryable: false },
  bill_not_payable: { status: 409, retryable: false },
  bill_overpaid: { status: 409, retryable: false },
  bill_partial_not_allowed: { status: 409, retryable: false },
  bill_below_minimum: { status: 409, retryable: false },
  /** One bill twice in one checkout. */
  bill_repeated: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export type BillErrorCode = keyof typeof BILL_ERRORS

export class BillError extends PlatformError {
  constructor(code: BillErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, BILL_ERRORS[code], message, options)
  }
}

/** Why not, as the rules say it. `pointer` is the place in the request, when there is one. */
export interface BillRefusal {
  readonly code: BillErrorCode
  readonly message: string
  readonly pointer?: string
}

/** Throws a refusal that the rules found. */
export function throwIfRefused(refusal: BillRefusal | null): void {
  if (!refusal) return
  const { code, message, pointer } = refusal
  const errors = pointer === undefined ? [] : [{ pointer, code, detail: message }]
  throw new BillError(code, message, { errors })
}
