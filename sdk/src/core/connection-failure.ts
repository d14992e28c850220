import { BursarAbortError, BursarConnectionError, BursarTimeoutError } from './errors.js'

/** What the transport knows about a try that ended without an answer. */
export interface FailedTry {
  method: string
  targetUri: string
  timeoutMs: number
  signal: AbortSignal | undefined
  /** The time was up. */
  isTimeout: boolean
  /** An earlier try of the same call may have reached the server. */
  isUncertain: boolean
}

/** Failures before the first byte of the request left. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** Tells a timeout, a cancellation and a broken connection apart, and what each means for a POST. */
export function connectionFailure(cause: unknown, failed: FailedTry): BursarConnectionError {
  if (failed.signal?.aborted === true) return abortFailure({ ...failed, isUncertain: true })
  const isPost = failed.method === 'POST'
  const call = `${failed.method} ${failed.targetUri}`
  if (failed.isTimeout) {
    return new BursarTimeoutError(
      `${call} was not answered within ${failed.timeoutMs} ms${advice(isPost)}`,
      { code: 'timeout', retryable: true, outcome: isPost ? 'unknown' : undefined, cause },
    )
  }
  const wasSent = failed.isUncertain || !NEVER_SENT.has(systemCodeOf(cause))
  return new BursarConnectionError(
    `${call} could not be completed: ${reasonOf(cause)}${advice(isPost && wasSent)}`,
    {
      code: 'connection_failed',
      retryable: true,
      outcome: isPost ? (wasSent ? 'unknown' : 'failed') : undefined,
      cause,
    },
  )
}

export function abortFailure(failed: FailedTry): BursarAbortError {
  const isPost = failed.method === 'POST'
  const call = `${failed.method} ${failed.targetUri}`
  const cause: unknown = failed.signal?.reason
  return new BursarAbortError(
    `${call} was cancelled by its signal${advice(isPost && failed.isUncertain)}`,
    {
      code: 'aborted',
      outcome: isPost ? (failed.isUncertain ? 'unknown' : 'failed') : undefined,
      cause,
    },
  )
}

/** The keys that the answer would be judged by are not to be had; this try sent nothing. */
export function keysFailure(cause: unknown, failed: FailedTry): BursarConnectionError {
  const isUnknown = failed.method === 'POST' && failed.isUncertain
  return new BursarConnectionError(
    `${failed.method} ${failed.targetUri} was not sent, because the platform's keys could not be read ` +
      `from /.well-known/jwks.json: ${reasonOf(cause)}${advice(isUnknown)}`,
    {
      code: 'platform_keys_unavailable',
      retryable: true,
      outcome: failed.method === 'POST' ? (isUnknown ? 'unknown' : 'failed') : undefined,
      cause,
    },
  )
}

function advice(isUnknown: boolean): string {
  return isUnknown ? '; it may have taken effect: GET by your own number before anything else' : ''
}

/** Node wraps the system's error in `cause`; other runtimes give no code. */
function systemCodeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error
  const hasCode = typeof inner === 'object' && inner !== null && 'code' in inner
  return hasCode ? String(inner.code) : ''
}

function reasonOf(error: unknown): string {
  const code = systemCodeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  return code === '' ? message : `${message} (${code})`
}
