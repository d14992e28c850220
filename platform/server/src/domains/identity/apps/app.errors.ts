import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../../kernel/errors.js'

export const APP_ERRORS = {
  /** This call registered an app before, and with other words. */
  app_conflict: { status: 409, retryable: false },
  /** The person sees the app, or the department, but may not do this there. */
  app_permission_missing: { status: 403, retryable: false },
  /** A live key of an app that was never let into live mode, or is not any more. */
  app_not_live: { status: 409, retryable: false },
  /** There is nothing to ask for: it may do all of this in live mode already. */
  app_live_already: { status: 409, retryable: false },
  app_live_request_open: { status: 409, retryable: false },
  /** Nobody asked, or it was decided already. */
  app_live_request_missing: { status: 409, retryable: false },
  /** Whoever asks does not also decide. */
  app_live_request_own: { status: 403, retryable: false },
  app_member_not_found: { status: 404, retryable: false },
  app_member_unknown: { status: 409, retryable: false },
  /** Somebody has to answer for an app. */
  app_owner_last: { status: 409, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class AppError extends PlatformError {
  constructor(code: keyof typeof APP_ERRORS, message: string, options: PlatformErrorOptions = {}) {
    super(code, APP_ERRORS[code], message, options)
  }
}
