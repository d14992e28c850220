import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../../infra/database/database.js'
import type { ListFilter } from '../../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../../kernel/pagination.js'
import type { AppChange, AppRow, AppVisibility, LiveStatus, NewAppRow } from './app.types.js'

export interface AppFilter extends ListFilter {
  readonly department_id: string | null
  readonly live_status: LiveStatus | null
  /** Only those with a request that waits for a decision, or only those without. */
  readonly has_open_request: boolean | null
}

export interface LiveChange {
  readonly live_status: LiveStatus
  readonly live_scopes: readonly string[]
  readonly by: string
  readonly reason: string | null
  readonly now: Date
}

const APPS = `select app.institution_id, app.id, app.department_id, department.name as department_name,
       app.name, app.purpose, app.scopes, app.api_version, app.live_status, app.live_scopes,
       app.live_changed_at, app.live_changed_by, app.live_reason, app.created_by, app.metadata,
       app.created_at, app.updated_at
  from apps app
  join departments department
    on department.institution_id = app.institution_id and department.id = app.department_id
 where app.institution_id = $1 and app.set_aside_of is null`
const IS_VISIBLE = '($2::text[] is null or app.department_id = any($2) or app.id = any($3))'

/** Apps as people and programs of the institution see them. */
@Injectable()
export class AppRepository {
  constructor(private readonly database: Database) {}

  /** False when the id is taken, or there is no such department. */
  async insert(app: NewAppRow, writer: SqlReader = this.database): Promise<boolean> {
    const rows = await writer.query(
      `insert into apps (institution_id, id, department_id, name, purpose, scopes, api_version,
                         created_by, metadata, created_at, updated_at)
       select $1, $2, id, $4, $5, $6, $7, $8, $9, $10, $10
         from departments where institution_id = $1 and id = $3
       on conflict do nothing returning id`,
      [
        app.institution_id,
        app.id,
        app.department_id,
        app.name,
        app.purpose,
        app.scopes,
        app.api_version,
        app.created_by,
        JSON.stringify(app.metadata),
        app.created_at,
      ],
    )
    return rows.length === 1
  }

  async find(
    institutionId: string,
    visible: AppVisibility,
    id: string,
    reader: SqlReader = this.database,
  ): Promise<AppRow | null> {
    const [row] = await reader.query<AppRow>(`${APPS} and ${IS_VISIBLE} and app.id = $4`, [
      ...[institutionId, visible.departments, visible.apps, id],
    ])
    return row ?? null
  }

  /** The row alone, held until the transaction ends. */
  async lock(reader: SqlReader, institutionId: string, id: string): Promise<AppRow | null> {
    const [row] = await reader.query<AppRow>(`${APPS} and app.id = $2 for update of app`, [
      ...[institutionId, id],
    ])
    return row ?? null
  }

  async list(
    institutionId: string,
    visible: AppVisibility,
    filter: AppFilter,
  ): Promise<Page<AppRow>> {
    const rows = await this.database.query<AppRow>(
      `${APPS} and ${IS_VISIBLE}
          and ($4::text is null or app.id < $4)
          and ($5::timestamptz is null or app.created_at >= $5)
          and ($6::timestamptz is null or app.created_at < $6)
          and ($7::text is null or app.department_id = $7)
          and ($8::text is null or app.live_status = $8)
          and ($9::boolean is null or $9 = exists (
                select from app_live_requests request
                 where request.institution_id = app.institution_id and request.app_id = app.id
                   and request.status = 'requested'))
        order by app.id desc limit $10`,
      [
        institutionId,
        visible.departments,
        visible.apps,
        filter.cursor,
        filter.created_at_gte,
        filter.created_at_lt,
        filter.department_id,
        filter.live_status,
        filter.has_open_request,
        filter.limit + 1,
      ],
    )
    return toPage(rows, filter.limit)
  }

  /** Changes what is given and leaves the rest. */
  async update(
    writer: SqlReader,
    app: AppRow,
    change: AppChange & { readonly live_scopes?: readonly string[] },
    now: Date,
  ): Promise<void> {
    await writer.query(
      `update apps
          set name = coalesce($3, name), purpose = coalesce($4, purpose),
              scopes = coalesce($5::text[], scopes), live_scopes = coalesce($6::text[], live_scopes),
              metadata = coalesce($7::jsonb, metadata), updated_at = $8
        where institution_id = $1 and id = $2 and set_aside_of is null`,
      [
        app.institution_id,
        app.id,
        change.name ?? null,
        change.purpose ?? null,
        change.scopes ?? null,
        change.live_scopes ?? null,
        change.metadata ? JSON.stringify(change.metadata) : null,
        now,
      ],
    )
  }

  /** False when it is not as it was seen. */
  async setLive(writer: SqlReader, app: AppRow, change: LiveChange): Promise<boolean> {
    const rows = await writer.query(
      `update apps
          set live_status = $4, live_scopes = $5, live_changed_at = $6, live_changed_by = $7,
              live_reason = $8, updated_at = $6
        where institution_id = $1 and id = $2 and live_status = $3 and set_aside_of is null
        returning id`,
      [
        ...[app.institution_id, app.id, app.live_status],
        ...[change.live_status, change.live_scopes, change.now, change.by, change.reason],
      ],
    )
    return rows.length === 1
  }
}
