import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const REFUND_ERRORS = {
  refund_not_found: { status: 404, retryable: false },
  /** The out_refund_no is known, with other parameters. */
  refund_conflict: { status: 409, retryable: false },
  /** Nobody waits for a decision about it, or the opposite was decided. */
  refund_not_awaiting_approval: { status: 409, retryable: false },
  /** Whoever asked for the money cannot be the one who approves it. */
  refund_needs_second_person: { status: 403, retryable: false },
  /** The items do not add up to the amount. */
  refund_items_mismatch: { status: 400, retryable: false },
  /** One bill twice in one refund. */
  refund_item_repeated: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export type RefundErrorCode = keyof typeof REFUND_ERRORS

export class RefundError extends PlatformError {
  constructor(code: RefundErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, REFUND_ERRORS[code], message, options)
  }
}
