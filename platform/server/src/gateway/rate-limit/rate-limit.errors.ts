import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const RATE_LIMIT_ERRORS = {
  rate_limited: { status: 429, retryable: true },
  too_many_failures: { status: 429, retryable: true },
} as const satisfies Record<string, ErrorSpec>

export class RateLimitError extends PlatformError {
  constructor(
    code: keyof typeof RATE_LIMIT_ERRORS,
    message: string,
    options?: PlatformErrorOptions,
  ) {
    super(code, RATE_LIMIT_ERRORS[code], message, options)
  }
}

/** Whole seconds, at least one: what `Retry-After` can say. */
export function retryAfter(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000))
}
