/** What is known of a logged call; the part of `RequestLogDetail` that a program needs to make it again. */
export interface LoggedCall {
  method: string
  route: string | null
  path: string
  query: string | null
  keyId: string | null
  /** Of the signature that was verified; null when there was none. */
  algorithm: string | null
  contentType: string | null
  apiVersion: string | null
  idempotencyKey: string | null
  /** JSON; undefined when there was no body, or it was not kept. */
  body: unknown
}

export interface SnippetOptions {
  /** The platform's public origin: it is a part of what is signed. */
  apiBase: string
  /** Off: a new key, and so a new call. On: the platform answers what it answered then. */
  sameIdempotencyKey: boolean
}

/** Why a snippet can't simply be run. */
export type SnippetGap = 'body_not_kept' | 'redacted' | 'no_key'
