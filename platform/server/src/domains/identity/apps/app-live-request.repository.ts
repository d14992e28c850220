import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../../infra/database/database.js'
import type { LiveRequestRow, LiveRequestStatus } from './app.types.js'

export type NewLiveRequest = Pick<
  LiveRequestRow,
  | 'institution_id'
  | 'id'
  | 'app_id'
  | 'scopes'
  | 'purpose'
  | 'contact'
  | 'requested_by'
  | 'created_at'
>

export interface LiveDecision {
  readonly status: Exclude<LiveRequestStatus, 'requested'>
  readonly by: string
  readonly at: Date
  readonly reason: string | null
}

@Injectable()
export class AppLiveRequestRepository {
  constructor(private readonly database: Database) {}

  /** False when the app has one that waits, or this very one is there. */
  async insert(writer: SqlReader, request: NewLiveRequest): Promise<boolean> {
    const rows = await writer.query(
      `insert into app_live_requests (institution_id, id, app_id, status, scopes, purpose, contact,
                                      requested_by, created_at)
       values ($1, $2, $3, 'requested', $4, $5, $6, $7, $8) on conflict do nothing returning id`,
      [
        ...[request.institution_id, request.id, request.app_id, request.scopes, request.purpose],
        ...[request.contact, request.requested_by, request.created_at],
      ],
    )
    return rows.length === 1
  }

  async find(
    institutionId: string,
    id: string,
    reader: SqlReader = this.database,
  ): Promise<LiveRequestRow | null> {
    const [row] = await reader.query<LiveRequestRow>(
      'select * from app_live_requests where institution_id = $1 and id = $2',
      [institutionId, id],
    )
    return row ?? null
  }

  /** The one that waits for a decision. */
  async open(
    reader: SqlReader,
    institutionId: string,
    appId: string,
  ): Promise<LiveRequestRow | null> {
    const [row] = await reader.query<LiveRequestRow>(
      `select * from app_live_requests
        where institution_id = $1 and app_id = $2 and status = 'requested'`,
      [institutionId, appId],
    )
    return row ?? null
  }

  /** The last one of each of these apps. */
  latest(institutionId: string, appIds: readonly string[]): Promise<LiveRequestRow[]> {
    return this.database.query<LiveRequestRow>(
      `select distinct on (app_id) * from app_live_requests
        where institution_id = $1 and app_id = any($2) order by app_id, id desc`,
      [institutionId, appIds],
    )
  }

  /** False when it was decided in between. */
  async decide(
    writer: SqlReader,
    request: LiveRequestRow,
    { status, by, at, reason }: LiveDecision,
  ): Promise<boolean> {
    const rows = await writer.query(
      `update app_live_requests
          set status = $3, decided_by = $4, decided_at = $5, decision_reason = $6
        where institution_id = $1 and id = $2 and status = 'requested' returning id`,
      [request.institution_id, request.id, status, by, at, reason],
    )
    return rows.length === 1
  }
}
