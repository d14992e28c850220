import { type ErrorSpec, PlatformError } from '../../kernel/errors.js'

export const GO_LIVE_ERRORS = {
  /** Something that is required was not seen in the sandbox yet. */
  go_live_not_ready: { status: 409, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class GoLiveError extends PlatformError {
  constructor(code: keyof typeof GO_LIVE_ERRORS, message: string) {
    super(code, GO_LIVE_ERRORS[code], message)
  }
}
