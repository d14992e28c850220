/** What every error code must answer: its HTTP status, and whether the same call may be sent again. */
export interface ErrorSpec {
  readonly status: number
  readonly retryable: boolean
}

/** One invalid place in a request body or query. `pointer` is a JSON Pointer (RFC 6901). */
export interface FieldError {
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

/** On money calls: did the thing happen? `unknown` means ask, never create again. */
export type Outcome = 'failed' | 'unknown'

export interface PlatformErrorOptions {
  readonly cause?: unknown
  readonly errors?: readonly FieldError[]
  readonly outcome?: Outcome
  /** Seconds until another try makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number
  /** Extra members of the problem document, only for people who debug in test mode. */
  readonly extensions?: Readonly<Record<string, unknown>>
}

/**
 * The base of every expected refusal. Each domain has a table `code → ErrorSpec` and a subclass whose
 * constructor accepts only the codes of that table, so a code without a status cannot compile.
 */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'

  constructor(
    readonly code: string,
    readonly spec: ErrorSpec,
    message: string,
    readonly options: PlatformErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
  }
}
