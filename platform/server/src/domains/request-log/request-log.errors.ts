import { type ErrorSpec, PlatformError } from '../../kernel/errors.js'

export const REQUEST_LOG_ERRORS = {
  request_log_not_found: { status: 404, retryable: false },
  request_log_not_replayable: { status: 409, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class RequestLogError extends PlatformError {
  constructor(code: keyof typeof REQUEST_LOG_ERRORS, message: string) {
    super(code, REQUEST_LOG_ERRORS[code], message)
  }
}
