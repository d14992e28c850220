import {
  BursarApiError,
  BursarAuthenticationError,
  BursarConflictError,
  BursarError,
  type BursarErrorInit,
  BursarInvalidRequestError,
  BursarNotFoundError,
  BursarPermissionError,
  BursarRateLimitError,
  type FieldError,
  type Outcome,
} from './errors.js'
import type { Answer } from './response-signature.js'

/**
 * Turns a response that is not 2xx into an error. `assumedOutcome` is what the transport knows when
 * the server says nothing about it (a proxy's 502 on a POST, for instance).
 */
export function errorFromResponse(
  response: Answer,
  assumedOutcome: Outcome | undefined,
): BursarError {
  const problem = parseProblem(response.body)
  const { status } = response
  const init: BursarErrorInit = {
    code: text(problem.code) ?? `http_${status}`,
    status,
    type: text(problem.type),
    title: text(problem.title),
    detail: text(problem.detail),
    requestId: response.headers.get('x-request-id') ?? text(problem.request_id),
    retryable:
      typeof problem.retryable === 'boolean' ? problem.retryable : status === 429 || status >= 500,
    outcome: outcomeOf(problem.outcome) ?? assumedOutcome,
    errors: fieldErrorsOf(problem.errors),
    rawBody: response.body,
    headers: response.headers,
  }
  const said = init.detail ?? init.title ?? `the server answered ${status}`
  const message = `${init.code}: ${said}${signatureDifference(problem.signature_debug)}`
  return new (classOf(status))(message, init)
}

/** In test mode the platform says where the string that was sent for comparison differs from its own. */
function signatureDifference(debug: unknown): string {
  const difference = isRecord(debug) ? debug.first_difference : undefined
  if (!isRecord(difference)) return ''
  const { component, expected, line, offset, received } = difference
  const quoted = [expected, received].map((value) => JSON.stringify(value))
  return (
    ` The signature base differs from byte ${offset} on (line ${line}, ${component}): ` +
    `the platform built …${quoted[0]}…, you signed …${quoted[1]}….`
  )
}

/** OAuth endpoints keep RFC 6749's `error` and `error_description`; they are read as code and detail. */
function parseProblem(body: string): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return {}
  }
  if (!isRecord(parsed)) return {}
  return { code: parsed.error, detail: parsed.error_description, ...parsed }
}

function classOf(status: number): typeof BursarError {
  switch (status) {
    case 400:
    case 422:
      return BursarInvalidRequestError
    case 401:
      return BursarAuthenticationError
    case 403:
      return BursarPermissionError
    case 404:
      return BursarNotFoundError
    case 409:
      return BursarConflictError
    case 429:
      return BursarRateLimitError
    default:
      return status >= 500 ? BursarApiError : BursarError
  }
}

function fieldErrorsOf(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return []
  return value.filter(isRecord).map((item) => ({
    pointer: text(item.pointer) ?? '',
    code: text(item.code) ?? '',
    detail: text(item.detail) ?? '',
  }))
}

function outcomeOf(value: unknown): Outcome | undefined {
  return value === 'failed' || value === 'unknown' ? value : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
