import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../../kernel/errors.js'

export const OPERATOR_ERRORS = {
  operator_not_found: { status: 404, retryable: false },
  operator_login_taken: { status: 409, retryable: false },
  /** Somebody must always be able to let people in and out. */
  operator_last_admin: { status: 409, retryable: false },
  operator_membership_invalid: { status: 400, retryable: false },
  operator_password_weak: { status: 400, retryable: false },
  invitation_not_found: { status: 404, retryable: false },
  /** Accepted, taken back or too old. */
  invitation_not_open: { status: 409, retryable: false },
  session_not_found: { status: 404, retryable: false },
  /** The password or code is not right, or was used before. */
  session_proof_wrong: { status: 403, retryable: false },
  session_proof_locked: { status: 429, retryable: true },
  /** What was sent is not what this person proves themselves with. */
  session_proof_missing: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class OperatorError extends PlatformError {
  constructor(
    code: keyof typeof OPERATOR_ERRORS,
    message: string,
    options: PlatformErrorOptions = {},
  ) {
    super(code, OPERATOR_ERRORS[code], message, options)
  }
}
