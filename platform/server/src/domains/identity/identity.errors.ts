import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const IDENTITY_ERRORS = {
  department_not_found: { status: 404, retryable: false },
  app_not_found: { status: 404, retryable: false },
  api_key_not_found: { status: 404, retryable: false },
  api_key_unusable: { status: 400, retryable: false },
  /** Somebody sent us the half of a key that nobody else may have. */
  api_key_private: { status: 400, retryable: false },
  /** More scopes or addresses than the calling key has, or than the key had before. */
  api_key_too_powerful: { status: 403, retryable: false },
  /** This public key is registered already, or this call made a key that was changed since. */
  api_key_conflict: { status: 409, retryable: false },
  /** Revoked, expired, not yet valid, or replaced already: what is asked makes no sense for it. */
  api_key_inactive: { status: 409, retryable: false },
  api_key_limit_reached: { status: 409, retryable: false },
  api_key_period_invalid: { status: 400, retryable: false },
  scope_unknown: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class IdentityError extends PlatformError {
  constructor(
    code: keyof typeof IDENTITY_ERRORS,
    message: string,
    options: PlatformErrorOptions = {},
  ) {
    super(code, IDENTITY_ERRORS[code], message, options)
  }
}
