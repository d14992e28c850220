import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

/** What the pages of the console's sign-in say when it does not come to one. */
export const CONSOLE_ACCESS_ERRORS = {
  /** Too slow, or in another browser. */
  console_sign_in_expired: { status: 400, retryable: false },
  console_sign_in_cancelled: { status: 403, retryable: false },
  console_sign_in_failed: { status: 400, retryable: false },
  /** The identity provider knows this person, and nobody here has asked them to join. */
  console_person_unknown: { status: 403, retryable: false },
  console_identity_provider_down: { status: 503, retryable: true },
  console_form_foreign: { status: 403, retryable: false },
  console_invitation_over: { status: 404, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export type ConsoleAccessErrorCode = keyof typeof CONSOLE_ACCESS_ERRORS

export class ConsoleAccessError extends PlatformError {
  constructor(
    override readonly code: ConsoleAccessErrorCode,
    message: string,
    options?: PlatformErrorOptions,
  ) {
    super(code, CONSOLE_ACCESS_ERRORS[code], message, options)
  }
}
