// Written by COPY and read by hand-written SQL: Prisma knows neither COPY nor this table's partitions.

import { Injectable } from '@nestjs/common'
import { copyLine } from '../../infra/database/copy-text.js'
import { Database } from '../../infra/database/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { type Page, toPage } from '../../kernel/pagination.js'
import { type RequestLogRow, type RequestLogSummary, UNKNOWN_CALLER } from './request-log.types.js'
import { parametersOf, type RequestLogFilter } from './request-log-filter.sql.js'

export const SUMMARY_COLUMNS = [
  ...['institution_id', 'livemode', 'app_id', 'id', 'created_at', 'department_id', 'key_id'],
  ...[
    'operator_id',
    'credential',
    'method',
    'route',
    'path',
    'query',
    'status',
    'duration_us',
    'error_code',
  ],
  ...['idempotency_key', 'is_replay', 'object_id', 'api_version', 'caller_address', 'user_agent'],
  'signature_algorithm',
] as const satisfies readonly (keyof RequestLogSummary)[]

export const ROW_COLUMNS = [
  ...SUMMARY_COLUMNS,
  ...(['timing', 'signature_base', 'signature', 'sealed_base', 'request_headers'] as const),
  ...(['request_body'] as const),
  ...(['request_body_bytes', 'request_body_sha256', 'response_headers'] as const),
  ...(['response_body', 'response_body_bytes'] as const),
] as const satisfies readonly (keyof RequestLogRow)[]

const TEST_KEYS =
  'select api_key.id from api_keys api_key where api_key.institution_id = $1 and api_key.app_id = $2 and not api_key.livemode'

/** Rows of `request_logs`. An id carries its time, so bounds on the id are bounds on the time and on the partition. */
@Injectable()
export class RequestLogRepository {
  constructor(private readonly database: Database) {}

  /** All rows or none. */
  async insert(rows: readonly RequestLogRow[]): Promise<void> {
    let text = ''
    for (const row of rows) text += copyLine(ROW_COLUMNS.map((column) => row[column]))
    await this.database.copy('request_logs', ROW_COLUMNS, text)
  }

  async find(caller: Caller, id: string): Promise<RequestLogRow | null> {
    const [row] = await this.database.query<RequestLogRow>(
      `select ${ROW_COLUMNS.join(', ')} from request_logs
        where institution_id = $1 and livemode = $2 and app_id = $3 and id = $4`,
      [caller.institution_id, caller.livemode, caller.app_id, id],
    )
    return row ?? null
  }

  /** A call that proved nothing, in the name of a test key of the caller's app. */
  async findRefused(caller: Caller, id: string): Promise<RequestLogRow | null> {
    const [row] = await this.database.query<RequestLogRow>(
      `select ${ROW_COLUMNS.join(', ')} from request_logs
        where institution_id = $3 and livemode = false and app_id = $3 and id = $4
          and key_id in (${TEST_KEYS})`,
      [caller.institution_id, caller.app_id, UNKNOWN_CALLER, id],
    )
    return row ?? null
  }

  /** Of all who say that they are one of the app's test keys, newest first. */
  async listRefused(caller: Caller, filter: RequestLogFilter): Promise<Page<RequestLogSummary>> {
    const { conditions, values } = parametersOf(
      [caller.institution_id, caller.app_id, UNKNOWN_CALLER],
      filter,
    )
    const rows = await this.database.query<RequestLogSummary>(
      // Written out, so that the planner sees the partial index.
      `select ${SUMMARY_COLUMNS.join(', ')} from request_logs
        where institution_id = 'unknown' and livemode = false and app_id = $3
          and key_id in (${TEST_KEYS})
          ${conditions.map((condition) => `and ${condition}`).join(' ')}
        order by id desc limit ${filter.limit + 1}`,
      values,
    )
    return toPage(rows, filter.limit)
  }

  /** For whoever settles a dispute: by the id alone, whoever called. */
  async findAnywhere(id: string): Promise<RequestLogRow | null> {
    const [row] = await this.database.query<RequestLogRow>(
      `select ${ROW_COLUMNS.join(', ')} from request_logs where id = $1`,
      [id],
    )
    return row ?? null
  }

  async list(caller: Caller, filter: RequestLogFilter): Promise<Page<RequestLogSummary>> {
    const { conditions, values } = parametersOf(
      [caller.institution_id, caller.livemode, caller.app_id],
      filter,
    )
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
