import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const WEBHOOK_ERRORS = {
  event_not_found: { status: 404, retryable: false },
  event_wait_limit_reached: { status: 429, retryable: true },
  webhook_endpoint_not_found: { status: 404, retryable: false },
  /** This call created the endpoint before, and it has been changed since. */
  webhook_endpoint_conflict: { status: 409, retryable: false },
  webhook_endpoint_limit_reached: { status: 409, retryable: false },
  /** Nothing is sent to an endpoint that is disabled or deleted. */
  webhook_endpoint_disabled: { status: 409, retryable: false },
  webhook_secret_limit_reached: { status: 409, retryable: false },
  webhook_delivery_not_found: { status: 404, retryable: false },
  webhook_delivery_resend_limit_reached: { status: 409, retryable: false },
  event_resend_not_possible: { status: 409, retryable: false },
  webhook_resend_not_found: { status: 404, retryable: false },
  webhook_resend_conflict: { status: 409, retryable: false },
  webhook_resend_too_large: { status: 400, retryable: false },
  webhook_grade_not_found: { status: 404, retryable: false },
  webhook_grade_conflict: { status: 409, retryable: false },
  /** There is no event yet that a receiver could be graded with. */
  webhook_grade_not_possible: { status: 409, retryable: false },
  /** An address that webhooks are never sent to, in this mode or at all. */
  webhook_endpoint_url_refused: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export type WebhookErrorCode = keyof typeof WEBHOOK_ERRORS

export class WebhookError extends PlatformError {
  constructor(code: WebhookErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, WEBHOOK_ERRORS[code], message, options)
  }
}
