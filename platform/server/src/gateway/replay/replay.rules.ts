import { RequestLogError } from '../../domains/request-log/request-log.errors.js'
import { type RequestLogRow, UNKNOWN_CALLER } from '../../domains/request-log/request-log.types.js'

/** What stands in the log where something was taken out, and at the end of what was too long. */
const TAKEN_OUT = '[redacted]'
const CUT_OFF = '…'

/** Routes that are never run again: one that would run itself, and one whose answer is a file. */
const NEVER: readonly string[] = [
  '/v1/test_helpers/request_logs/{id}/replay',
  '/v1/exports/{id}/file',
]

/** A request as it can be sent again. */
export interface ReplayableCall {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | null
}

/** @throws RequestLogError request_log_not_replayable */
export function replayableOf(row: RequestLogRow): ReplayableCall {
  const reason = reasonAgainst(row)
  if (reason !== null) {
    throw new RequestLogError('request_log_not_replayable', `${row.id} cannot run again: ${reason}`)
  }
  const target = row.query === null ? row.path : `${row.path}?${row.query}`
  return { method: row.method, target, headers: headersOf(row), payload: row.request_body }
}

function reasonAgainst(row: RequestLogRow): string | null {
  const { route, path, query, request_body: body } = row
  if (row.institution_id === UNKNOWN_CALLER) return 'nobody proved to have sent it.'
  if (!route?.startsWith('/v1/') || NEVER.includes(route)) return 'it is no such call of the API.'
  if (body === null && row.request_body_bytes > 0) {
    return 'its body was too large to be kept, or was no JSON. Send it from your own program.'
  }
  if ([path, query, body].some((text) => text?.includes(TAKEN_OUT))) {
    return 'something secret or personal was taken out of it. Send it from your own program.'
  }
  if ([path, query].some((text) => text?.endsWith(CUT_OFF))) {
    return 'its address was too long to be kept.'
  }
  return null
}

function headersOf(row: RequestLogRow): Record<string, string> {
  const kept: Record<string, unknown> = JSON.parse(row.request_headers)
  const version = kept['bursar-version']
  return {
    'user-agent': `bursar-replay/1 (${row.id})`,
    ...(row.request_body === null ? {} : { 'content-type': 'application/json' }),
    ...(typeof version === 'string' ? { 'bursar-version': version } : {}),
  }
}

/** The SHA-256 of the body as it was first sent, which its signature covered (RFC 9530). */
export function sentHashOf({ signature_base }: RequestLogRow): Buffer | null {
  const digest = /^"content-digest": .*sha-256=:([A-Za-z0-9+/]{43}=):/m.exec(signature_base ?? '')
  return digest?.[1] === undefined ? null : Buffer.from(digest[1], 'base64')
}

/** Ids and times differ from one run to the next; whatever else differs is worth a look. */
export function isSameBody(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
