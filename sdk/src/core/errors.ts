import type { ErrorCode } from '../resources/types.js'

/** What happened to the money when a call did not end well; see {@link BursarError.outcome}. */
export type Outcome = 'failed' | 'unknown'

/** One field that the server refused. */
export interface FieldError {
  /** JSON pointer to the field, such as `/amount`. */
  pointer: string
  code: string
  detail: string
}

/** Codes made by the SDK itself, when no problem document came from the server. */
export type ClientErrorCode =
  | 'aborted'
  | 'configuration_invalid'
  | 'connection_failed'
  | 'pagination_stuck'
  | 'platform_keys_unavailable'
  | 'response_invalid'
  | 'response_signature_invalid'
  | 'timeout'
  | WebhookErrorCode

export type WebhookErrorCode =
  | 'webhook_header_missing'
  | 'webhook_key_invalid'
  | 'webhook_keys_unavailable'
  | 'webhook_payload_invalid'
  | 'webhook_signature_mismatch'
  | 'webhook_timestamp_invalid'
  | 'webhook_timestamp_too_new'
  | 'webhook_timestamp_too_old'

/** A stable code. Codes added by a newer server arrive as plain strings. */
export type AnyErrorCode = ErrorCode | ClientErrorCode | (string & {})

export interface BursarErrorInit {
  code: AnyErrorCode
  status?: number | undefined
  type?: string | undefined
  title?: string | undefined
  detail?: string | undefined
  requestId?: string | undefined
  retryable?: boolean | undefined
  outcome?: Outcome | undefined
  errors?: FieldError[] | undefined
  rawBody?: string | undefined
  headers?: Headers | undefined
  cause?: unknown
}

/** Base of everything the SDK throws. Match on `code`, or on the subclass with `instanceof`. */
export class BursarError extends Error {
  /** Stable snake_case code: `bill_not_found`, `idempotency_in_progress`, `timeout` … */
  readonly code: AnyErrorCode
  /** HTTP status, absent when no answer arrived. */
  readonly status: number | undefined
  /** URL of the page that explains this problem. */
  readonly type: string | undefined
  readonly title: string | undefined
  readonly detail: string | undefined
  /** The id of the call in the platform's request log (`X-Request-Id`). */
  readonly requestId: string | undefined
  /** Whether the same call may succeed later. The SDK has already used up its own retries. */
  readonly retryable: boolean
  /**
   * `failed`: nothing happened, it is safe to start again. `unknown`: the call may have taken
   * effect, because a POST was sent and its answer never arrived, or the server does not know yet.
   * Then **GET the object by your own number** (`out_trade_no`, `out_refund_no`, `out_bill_no`), or
   * repeat the call with the same number and the same Idempotency-Key.
   * Never create again under a new number: that is how somebody pays twice.
   */
  readonly outcome: Outcome | undefined
  /** The fields that were refused; empty unless the server validated the input. */
  readonly errors: FieldError[]
  /** The answer's body as text, whatever it was. */
  readonly rawBody: string | undefined
  readonly headers: Headers | undefined

  constructor(message: string, init: BursarErrorInit) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause })
    this.name = new.target.errorName
    this.code = init.code
    this.status = init.status
    this.type = init.type
    this.title = init.title
    this.detail = init.detail
    this.requestId = init.requestId
    this.retryable = init.retryable ?? false
    this.outcome = init.outcome
    this.errors = init.errors ?? []
    this.rawBody = init.rawBody
    this.headers = init.headers
  }

  /** Written out so that a minifier cannot change what `error.name` says. */
  static readonly errorName: string = 'BursarError'
}

/** 400 or 422: the request is wrong; `errors` says where. */
export class BursarInvalidRequestError extends BursarError {
  static override readonly errorName = 'BursarInvalidRequestError'
}

/** 401: the platform doesn't know who is calling, or the signature doesn't match. */
export class BursarAuthenticationError extends BursarError {
  static override readonly errorName = 'BursarAuthenticationError'
}

/** 403: the key is known but lacks the scope. */
export class BursarPermissionError extends BursarError {
  static override readonly errorName = 'BursarPermissionError'
}

/** 404: there is no such object for this app and mode. */
export class BursarNotFoundError extends BursarError {
  static override readonly errorName = 'BursarNotFoundError'
}

/** 409: the object is in another state, or its number is taken with other parameters. */
export class BursarConflictError extends BursarError {
  static override readonly errorName = 'BursarConflictError'
}

/** 429: too many requests. */
export class BursarRateLimitError extends BursarError {
  static override readonly errorName = 'BursarRateLimitError'
}

/** 5xx: the platform or a channel is in trouble. On a POST, look at `outcome`. */
export class BursarApiError extends BursarError {
  static override readonly errorName = 'BursarApiError'
}

/** No answer arrived. On a POST that may have reached the server, `outcome` is `unknown`. */
export class BursarConnectionError extends BursarError {
  static override readonly errorName: string = 'BursarConnectionError'
}

/** No answer within `timeoutMs`. On a POST `outcome` is `unknown`. */
export class BursarTimeoutError extends BursarConnectionError {
  static override readonly errorName = 'BursarTimeoutError'
}

/** The caller's `AbortSignal` fired; its reason is the `cause`. On a POST `outcome` is `unknown`. */
export class BursarAbortError extends BursarConnectionError {
  static override readonly errorName = 'BursarAbortError'
}

/** A webhook that must not be believed. Answer 400 and do nothing else. */
export class BursarWebhookError extends BursarError {
  static override readonly errorName = 'BursarWebhookError'
}

/** A client that was built with wrong options; thrown by the constructor, before any call. */
export class BursarConfigurationError extends BursarError {
  static override readonly errorName = 'BursarConfigurationError'

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, { code: 'configuration_invalid', cause: options?.cause })
  }
}
