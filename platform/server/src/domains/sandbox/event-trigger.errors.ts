import { type ErrorSpec, PlatformError } from '../../kernel/errors.js'

export const EVENT_TRIGGER_ERRORS = {
  /** The platform does not do what the event would tell of. */
  event_trigger_unavailable: { status: 409, retryable: false },
  /** It was set off, and nothing was told of it in time. */
  event_trigger_timeout: { status: 503, retryable: true },
} as const satisfies Record<string, ErrorSpec>

export class EventTriggerError extends PlatformError {
  constructor(code: keyof typeof EVENT_TRIGGER_ERRORS, message: string) {
    super(code, EVENT_TRIGGER_ERRORS[code], message)
  }
}
