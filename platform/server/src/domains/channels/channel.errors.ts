import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const CHANNEL_ERRORS = {
  /** A code or a method that no channel of this platform has. */
  channel_unknown: { status: 400, retryable: false },
  /** The institution has no such account in this mode, or none that is active. */
  channel_account_missing: { status: 409, retryable: false },
  /** The account's settings fit no schema of its channel; somebody must correct them. */
  channel_account_invalid: { status: 409, retryable: false },
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
