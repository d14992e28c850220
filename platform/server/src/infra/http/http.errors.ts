import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

/** Refusals that any endpoint may give. */
export const HTTP_ERRORS = {
  field_unknown: { status: 400, retryable: false },
  field_missing: { status: 400, retryable: false },
  field_type_invalid: { status: 400, retryable: false },
  field_out_of_range: { status: 400, retryable: false },
  field_format_invalid: { status: 400, retryable: false },
  field_value_invalid: { status: 400, retryable: false },
  currency_unsupported: { status: 400, retryable: false },
  body_missing: { status: 400, retryable: false },
  body_unexpected: { status: 400, retryable: false },
  body_too_large: { status: 413, retryable: false },
  headers_too_large: { status: 431, retryable: false },
  request_timeout: { status: 408, retryable: true },
  content_type_unsupported: { status: 415, retryable: false },
  version_unknown: { status: 400, retryable: false },
  request_invalid: { status: 400, retryable: false },
  route_not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  scope_missing: { status: 403, retryable: false },
  test_mode_only: { status: 403, retryable: false },
  idempotency_key_missing: { status: 400, retryable: false },
  idempotency_key_invalid: { status: 400, retryable: false },
  idempotency_key_reused: { status: 422, retryable: false },
  idempotency_in_progress: { status: 409, retryable: true },
  service_unavailable: { status: 503, retryable: true },
  internal_error: { status: 500, retryable: true },
} as const satisfies Record<string, ErrorSpec>

export type HttpErrorCode = keyof typeof HTTP_ERRORS

export class HttpError extends PlatformError {
  constructor(code: HttpErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, HTTP_ERRORS[code], message, options)
  }
}
