// Written by COPY and read by hand-written SQL: Prisma knows neither COPY nor this table's partitions.

import { Injectable } from '@nestjs/common'
import { copyLine } from '../../infra/database/copy-text.js'
import { Database } from '../../infra/database/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { idFloor } from '../../kernel/id.js'
import { type Page, toPage } from '../../kernel/pagination.js'
import type { RequestLogRow, RequestLogSummary } from './request-log.types.js'

const SUMMARY_COLUMNS = [
  ...['institution_id', 'livemode', 'app_id', 'id', 'created_at', 'department_id', 'key_id'],
  ...['credential', 'method', 'route', 'path', 'query', 'status', 'duration_us', 'error_code'],
  ...['idempotency_key', 'is_replay', 'object_id', 'api_version', 'caller_address', 'user_agent'],
  'signature_algorithm',
] as const satisfies readonly (keyof RequestLogSummary)[]

const COLUMNS = [
  ...SUMMARY_COLUMNS,
  ...(['signature_base', 'signature', 'sealed_base', 'request_headers', 'request_body'] as const),
  ...(['request_body_bytes', 'request_body_sha256', 'response_headers'] as const),
  ...(['response_body', 'response_body_bytes'] as const),
] as const satisfies readonly (keyof RequestLogRow)[]

/** Which calls; null: all. */
export interface RequestLogFilter {
  readonly limit: number
  readonly cursor: string | null
  readonly created_at_gte: Date | null
  readonly created_at_lt: Date | null
  readonly status: number | null
  /** 4 for 400 to 499. */
  readonly status_class: number | null
  readonly method: string | null
  readonly route: string | null
  readonly path_prefix: string | null
  readonly error_code: string | null
  readonly key_id: string | null
  readonly idempotency_key: string | null
  readonly object_id: string | null
}

/** Rows of `request_logs`. An id carries its time, so bounds on the id are bounds on the time and on the partition. */
@Injectable()
export class RequestLogRepository {
  constructor(private readonly database: Database) {}

  /** All rows or none. */
  async insert(rows: readonly RequestLogRow[]): Promise<void> {
    let text = ''
    for (const row of rows) text += copyLine(COLUMNS.map((column) => row[column]))
    await this.database.copy('request_logs', COLUMNS, text)
  }

  async find(caller: Caller, id: string): Promise<RequestLogRow | null> {
    const [row] = await this.database.query<RequestLogRow>(
      `select ${COLUMNS.join(', ')} from request_logs
        where institution_id = $1 and livemode = $2 and app_id = $3 and id = $4`,
      [caller.institution_id, caller.livemode, caller.app_id, id],
    )
    return row ?? null
  }

  /** For whoever settles a dispute: by the id alone, whoever called. */
  async findAnywhere(id: string): Promise<RequestLogRow | null> {
    const [row] = await this.database.query<RequestLogRow>(
      `select ${COLUMNS.join(', ')} from request_logs where id = $1`,
      [id],
    )
    return row ?? null
  }

  async list(caller: Caller, filter: RequestLogFilter): Promise<Page<RequestLogSummary>> {
    const values: unknown[] = [caller.institution_id, caller.livemode, caller.app_id]
    const conditions = conditionsOf(filter).map(([condition, value]) => {
      values.push(value)
      return condition.replace('?', `$${values.length}`)
    })
    // First the ids, which an index alone can tell for most filters, then the rows of one page.
    const rows = await this.database.query<RequestLogSummary>(
      `with found as materialized (
         select id from request_logs
          where ${['institution_id = $1 and livemode = $2 and app_id = $3', ...conditions].join(' and ')}
          order by id desc limit ${filter.limit + 1}
       )
       select ${SUMMARY_COLUMNS.join(', ')} from request_logs
        where institution_id = $1 and livemode = $2 and app_id = $3
          and id = any (array(select id from found))
        order by id desc`,
      values,
    )
    return toPage(rows, filter.limit)
  }
}

function conditionsOf(filter: RequestLogFilter): (readonly [string, unknown])[] {
  const { cursor, created_at_gte: since, created_at_lt: until, path_prefix: prefix } = filter
  const hundreds = filter.status_class && filter.status_class * 100
  const all: readonly (readonly [string, unknown])[] = [
    ['id < ?', cursor],
    ['id >= ?', since && idAt(since)],
    ['id < ?', until && idAt(until)],
    ['status = ?', filter.status],
    ['status >= ?', hundreds],
    ['status <= ?', hundreds && hundreds + 99],
    ['method = ?', filter.method],
    ['route = ?', filter.route],
    ['starts_with(path, ?)', prefix],
    ['error_code = ?', filter.error_code],
    ['key_id = ?', filter.key_id],
    ['idempotency_key = ?', filter.idempotency_key],
    ['object_id = ?', filter.object_id],
  ]
  return all.filter(([, value]) => value !== null)
}

/** Where a moment lies among the ids; none is older than 1970. */
function idAt(moment: Date): string {
  return idFloor('req', Math.max(0, moment.getTime()))
}
