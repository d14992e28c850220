import { HttpError } from '../../infra/http/http.errors.js'
import { listFilterOf } from '../../infra/http/wire.schema.js'
import type { RequestLogListQuery } from './request-log.schema.js'
import type { RequestLogFilter } from './request-log-filter.sql.js'
import { type LogPosition, readPosition } from './request-log-position.js'

/** What a list query asks for, as the repositories want it. */
export function filterOf(query: RequestLogListQuery): RequestLogFilter {
  const { status_class } = query
  return {
    ...listFilterOf(query),
    created_at_lt: endOf(query),
    status: query.status ?? null,
    status_class: status_class === undefined ? null : Number(status_class[0]),
    method: query.method ?? null,
    route: query.route ?? null,
    path_prefix: query.path_prefix ?? null,
    path_contains: query.path_contains ?? null,
    credential: query.credential ?? null,
    caller_address: query.caller_address ?? null,
    duration_us_gte: query['duration_us[gte]'] ?? null,
    duration_us_lt: query['duration_us[lt]'] ?? null,
    error_code: query.error_code ?? null,
    key_id: query.key_id ?? null,
    operator_id: query.operator_id ?? null,
    idempotency_key: query.idempotency_key ?? null,
    object_id: query.object_id ?? null,
  }
}

/** Where to read on; null: from now on. @throws HttpError field_value_invalid */
export function positionOf(query: RequestLogListQuery): LogPosition | null {
  if (query.refused_signatures !== undefined) {
    throw invalid('/refused_signatures', 'cannot be followed: list them with order=desc.')
  }
  const text = query.cursor ?? query.after
  if (text === undefined) return null
  const position = readPosition(text)
  if (position) return position
  const pointer = query.cursor === undefined ? '/after' : '/cursor'
  throw invalid(pointer, 'must be next_cursor of an answer with order=asc, not the id of a call.')
}

/** @throws HttpError field_value_invalid */
export function refuseTailFields({ cursor, after, wait_seconds }: RequestLogListQuery): void {
  if (after !== undefined) throw invalid('/after', 'goes with order=asc; newest first, use cursor.')
  if (wait_seconds !== undefined) {
    throw invalid('/wait_seconds', 'goes with order=asc: the newest call is there already.')
  }
  if (cursor !== undefined && readPosition(cursor)) {
    throw invalid('/cursor', 'is of an answer with order=asc: ask with order=asc again.')
  }
}

export function testModeOnly(): HttpError {
  return new HttpError(
    'test_mode_only',
    'Refused signatures are shown to test keys only: of a live key, nobody is told why.',
  )
}

function invalid(pointer: string, detail: string): HttpError {
  const code = 'field_value_invalid'
  return new HttpError(code, `${pointer.slice(1)} ${detail}`, {
    errors: [{ pointer, code, detail }],
  })
}

/** The earlier of the two ends; times have milliseconds, so "until and with" ends one later. */
function endOf(query: RequestLogListQuery): Date | null {
  const ends = [
    query['created_at[lt]'] === undefined ? [] : [Date.parse(query['created_at[lt]'])],
    query['created_at[lte]'] === undefined ? [] : [Date.parse(query['created_at[lte]']) + 1],
  ].flat()
  return ends.length === 0 ? null : new Date(Math.min(...ends))
}
