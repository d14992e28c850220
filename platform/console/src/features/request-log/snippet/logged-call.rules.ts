import type { RequestLogDetail } from '@openbursar/sdk'
import type { LoggedCall, SnippetGap } from './snippet.types.js'

/** What the platform's log writes in place of a secret. */
const REDACTED = '[redacted]'

export function toLoggedCall(log: RequestLogDetail): LoggedCall {
  return {
    method: log.method,
    route: log.route,
    path: log.path,
    query: log.query,
    keyId: log.key_id,
    algorithm: log.signature?.algorithm ?? null,
    contentType: headerOf(log.request.headers, 'content-type'),
    apiVersion: headerOf(log.request.headers, 'bursar-version'),
    idempotencyKey: log.idempotency_key,
    body: log.request.body ?? undefined,
  }
}

/** What whoever copies the call has to fill in by hand. */
export function gapsOf(log: RequestLogDetail): SnippetGap[] {
  const gaps: SnippetGap[] = []
  if (log.request.body_bytes > 0 && (log.request.body ?? null) === null) gaps.push('body_not_kept')
  if (JSON.stringify([log.path, log.query, log.request.body]).includes(REDACTED)) {
    gaps.push('redacted')
  }
  if (log.key_id === null) gaps.push('no_key')
  return gaps
}

export function targetOf({ path, query }: LoggedCall): string {
  return query === null ? path : `${path}?${query}`
}

/** The bytes to send: what a program would make of the same value. */
export function bodyTextOf({ body }: LoggedCall): string | null {
  return body === undefined ? null : JSON.stringify(body)
}

function headerOf(headers: Record<string, unknown>, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}
