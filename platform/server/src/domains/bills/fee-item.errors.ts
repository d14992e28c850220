import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const FEE_ITEM_ERRORS = {
  fee_item_not_found: { status: 404, retryable: false },
  /** The code is known, with other parameters. */
  fee_item_conflict: { status: 409, retryable: false },
  fee_item_stopped: { status: 409, retryable: false },
  /** Now is not within the item's window. */
  fee_item_closed: { status: 409, retryable: false },
  fee_item_window_invalid: { status: 400, retryable: false },
  fee_item_partial_invalid: { status: 400, retryable: false },
  /** A department of the split is none of this institution's. */
  fee_item_split_invalid: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export type FeeItemErrorCode = keyof typeof FEE_ITEM_ERRORS

export class FeeItemError extends PlatformError {
  constructor(code: FeeItemErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, FEE_ITEM_ERRORS[code], message, options)
  }
}

/** Why not, as the rules say it. `pointer` is the place in the request. */
export interface FeeItemRefusal {
  readonly code: FeeItemErrorCode
  readonly message: string
  readonly pointer: string
}

/** Throws a refusal that the rules found. */
export function throwIfRefused(refusal: FeeItemRefusal | null): void {
  if (!refusal) return
  const { code, message, pointer } = refusal
  throw new FeeItemError(code, message, { errors: [{ pointer, code, detail: message }] })
}
