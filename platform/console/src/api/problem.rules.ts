import { BursarError } from '@openbursar/sdk'

/** What went wrong, as a page shows it. */
export interface Problem {
  readonly code: string
  readonly status: number | null
  /** The server's own words: what is wrong, where, and what to do. */
  readonly detail: string | null
  readonly request_id: string | null
  readonly fields: readonly { readonly pointer: string; readonly detail: string }[]
  /** The call may have taken effect: look before doing it again. */
  readonly isInDoubt: boolean
  readonly isRetryable: boolean
}

export function problemOf(error: unknown): Problem {
  if (error instanceof BursarError) {
    return {
      code: error.code,
      status: error.status ?? null,
      detail: error.detail ?? error.title ?? null,
      request_id: error.requestId ?? null,
      fields: error.errors,
      isInDoubt: error.outcome === 'unknown',
      isRetryable: error.retryable,
    }
  }
  return {
    code: 'page_failed',
    status: null,
    detail: error instanceof Error ? error.message : String(error),
    request_id: null,
    fields: [],
    isInDoubt: false,
    isRetryable: false,
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof BursarError && error.code === code
}
