import { type ErrorSpec, PlatformError } from '../../../kernel/errors.js'

/** Every way in which a person's call can be refused before it is looked at. */
export const SESSION_ERRORS = {
  session_invalid: { status: 401, retryable: false },
  csrf_token_invalid: { status: 403, retryable: false },
  origin_not_allowed: { status: 403, retryable: false },
  session_app_missing: { status: 400, retryable: false },
  session_mode_invalid: { status: 400, retryable: false },
  session_required: { status: 403, retryable: false },
  permission_missing: { status: 403, retryable: false },
  step_up_required: { status: 403, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class SessionError extends PlatformError {
  constructor(code: keyof typeof SESSION_ERRORS, message: string) {
    super(code, SESSION_ERRORS[code], message)
  }
}
