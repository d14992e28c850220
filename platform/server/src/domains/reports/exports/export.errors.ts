import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../../kernel/errors.js'

export const EXPORT_ERRORS = {
  export_not_found: { status: 404, retryable: false },
  export_filter_foreign: { status: 400, retryable: false },
  export_limit_reached: { status: 409, retryable: true },
  export_not_ready: { status: 409, retryable: true },
  export_failed: { status: 409, retryable: false },
  export_expired: { status: 410, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class ExportError extends PlatformError {
  constructor(
    code: keyof typeof EXPORT_ERRORS,
    message: string,
    options: PlatformErrorOptions = {},
  ) {
    super(code, EXPORT_ERRORS[code], message, options)
  }
}
