import { PlatformError } from '../../kernel/errors.js'

/** RFC 9457, with the members every caller can rely on. */
export interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly request_id: string
  readonly retryable: boolean
  readonly outcome?: 'failed' | 'unknown'
  readonly errors?: readonly {
    readonly pointer: string
    readonly code: string
    readonly detail: string
  }[]
  readonly [extension: string]: unknown
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json'

/** The wire form of a refusal. `docsBase` is where the pages of the error codes are. */
export function problemOf(
  error: PlatformError,
  requestId: string,
  docsBase: string,
): ProblemDocument {
  const { errors, outcome, extensions } = error.options
  return {
    type: `${docsBase}/errors/${error.code}`,
    title: titleOf(error.code),
    status: error.spec.status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    retryable: error.spec.retryable,
    ...(outcome ? { outcome } : {}),
    ...(errors && errors.length > 0 ? { errors } : {}),
    ...extensions,
  }
}

/**
 * A refusal of a write, with an answer to "did it happen?". A refusal that says nothing else came before
 * anything was done; a 5xx may have come after.
 */
export function withOutcome(error: PlatformError): PlatformError {
  if (error.options.outcome) return error
  const outcome = error.spec.status < 500 ? 'failed' : 'unknown'
  return new PlatformError(error.code, error.spec, error.message, { ...error.options, outcome })
}

/** The same refusal, pointing into the body as the caller's version writes it. */
export function inOlderPointers(
  error: PlatformError,
  pointers: Readonly<Record<string, string>> | undefined,
): PlatformError {
  if (!pointers || !error.options.errors) return error
  const errors = error.options.errors.map((one) => ({
    ...one,
    pointer: pointers[one.pointer] ?? one.pointer,
  }))
  return new PlatformError(error.code, error.spec, error.message, { ...error.options, errors })
}

/** "bill_not_found" → "Bill not found": the code itself is the stable name, the title only reads better. */
function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
