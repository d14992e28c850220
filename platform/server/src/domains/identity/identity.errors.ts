import { type ErrorSpec, PlatformError } from '../../kernel/errors.js'

export const IDENTITY_ERRORS = {
  department_not_found: { status: 404, retryable: false },
  app_not_found: { status: 404, retryable: false },
  api_key_not_found: { status: 404, retryable: false },
  api_key_unusable: { status: 400, retryable: false },
  scope_unknown: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class IdentityError extends PlatformError {
  constructor(code: keyof typeof IDENTITY_ERRORS, message: string) {
    super(code, IDENTITY_ERRORS[code], message)
  }
}
