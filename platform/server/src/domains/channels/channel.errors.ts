import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const CHANNEL_ERRORS = {
  /** A code or a method that no channel of this platform has. */
  channel_unknown: { status: 400, retryable: false },
  /** The institution has no such account in this mode, or none that is active. */
  channel_account_missing: { status: 409, retryable: false },
  /** The account's settings fit no schema of its channel; somebody must correct them. */
  channel_account_invalid: { status: 409, retryable: false },
  /** What would take the payment has secrets that don't open, don't fit, or that the provider refused. */
  channel_account_unusable: { status: 409, retryable: false },
  /** The accounts that would take the payment don't answer for now; nothing was written. */
  channel_unavailable: { status: 503, retryable: true },
  channel_account_not_found: { status: 404, retryable: false },
  /** Settings that are to be saved don't fit the channel; every wrong field is named. */
  channel_settings_invalid: { status: 422, retryable: false },
  /** The provider was asked, and does not accept the account. */
  channel_account_refused: { status: 422, retryable: false },
  /** Somebody else changed the account in the meantime. */
  channel_account_conflict: { status: 409, retryable: true },
  channel_route_not_found: { status: 404, retryable: false },
  channel_route_invalid: { status: 400, retryable: false },
  /** More accounts or rules than the platform keeps for one institution. */
  channel_limit_reached: { status: 409, retryable: false },
  /** Not from the provider, not for this account, altered on the way, or too old. */
  notification_invalid: { status: 401, retryable: false },
  /** Truly from the provider, about something this platform doesn't follow. */
  notification_unsupported: { status: 422, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export type ChannelErrorCode = keyof typeof CHANNEL_ERRORS

export class ChannelError extends PlatformError {
  constructor(code: ChannelErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, CHANNEL_ERRORS[code], message, options)
  }
}
