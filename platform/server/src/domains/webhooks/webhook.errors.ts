import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const WEBHOOK_ERRORS = {
  event_not_found: { status: 404, retryable: false },
  webhook_endpoint_not_found: { status: 404, retryable: false },
  /** This call created the endpoint before, and it has been changed since. */
  webhook_endpoint_conflict: { status: 409, retryable: false },
  webhook_endpoint_limit_reached: { status: 409, retryable: false },
  /** An address that webhooks are never sent to, in this mode or at all. */
  webhook_endpoint_url_refused: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export type WebhookErrorCode = keyof typeof WEBHOOK_ERRORS

export class WebhookError extends PlatformError {
  constructor(code: WebhookErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, WEBHOOK_ERRORS[code], message, options)
  }
}
