import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../../infra/database/database.js'
import type { OperatorSessionRow, SessionEnd } from './operator.types.js'

/** A session with what the person may do, as it is stored at this moment. */
export interface SessionWithOperator extends OperatorSessionRow {
  readonly login: string
  readonly name: string
  readonly institution_name: string
  readonly is_demo: boolean
  readonly has_password: boolean
  readonly has_totp: boolean
  readonly disabled_at: Date | null
  readonly roles: readonly string[]
  readonly departments: readonly (readonly [string, string])[]
  readonly apps: readonly (readonly [string, string])[]
}

const COLUMNS = `session.institution_id, session.id, session.operator_id, session.method,
  session.created_at, session.last_used_at, session.authenticated_at, session.second_factor_at,
  session.expires_at, session.ended_at, session.caller_address, session.user_agent`

// Every call of a person waits for it: plain SQL, one statement, and never older than now.
@Injectable()
export class OperatorSessionRepository {
  constructor(private readonly database: Database) {}

  async insert(row: OperatorSessionRow & { readonly token_hash: Buffer }): Promise<void> {
    await this.database.query(
      `insert into operator_sessions (institution_id, id, operator_id, token_hash, method, created_at,
         last_used_at, authenticated_at, second_factor_at, expires_at, caller_address, user_agent)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[row.institution_id, row.id, row.operator_id, row.token_hash, row.method],
        ...[row.created_at, row.last_used_at, row.authenticated_at, row.second_factor_at],
        ...[row.expires_at, row.caller_address, row.user_agent],
      ],
    )
  }

  /** A cookie carries only the token: the institution is what is looked for. */
  async find(tokenHash: Buffer): Promise<SessionWithOperator | null> {
    const [row] = await this.database.query<SessionWithOperator>(
      `select ${COLUMNS}, operator.login, operator.name, operator.roles, operator.disabled_at,
              operator.password_hash is not null as has_password,
              operator.totp_secret is not null as has_totp,
              institution.name as institution_name,
              coalesce(institution.metadata ->> 'demo' = 'true', false) as is_demo,
              (select coalesce(jsonb_agg(jsonb_build_array(department_id, role)), '[]')
                 from department_members member
                where member.institution_id = operator.institution_id
                  and member.operator_id = operator.id) as departments,
              (select coalesce(jsonb_agg(jsonb_build_array(app_id, role)), '[]')
                 from app_members member
                where member.institution_id = operator.institution_id
                  and member.operator_id = operator.id) as apps
         from operator_sessions session
         join operators operator on operator.institution_id = session.institution_id
                                and operator.id = session.operator_id
         join institutions institution on institution.id = session.institution_id
        where session.token_hash = $1`,
      [tokenHash],
      'operator_session_find',
    )
    return row ?? null
  }

  async touch({ institution_id, id }: OperatorSessionRow, at: Date): Promise<void> {
    await this.database.query(
      `update operator_sessions set last_used_at = $3
        where institution_id = $1 and id = $2 and ended_at is null`,
      [institution_id, id, at],
    )
  }

  /** The same session under a new token; false when it has ended meanwhile. */
  async renew(
    { institution_id, id }: { readonly institution_id: string; readonly id: string },
    change: { readonly token_hash: Buffer; readonly at: Date; readonly has_second_factor: boolean },
  ): Promise<boolean> {
    const rows = await this.database.query(
      `update operator_sessions
          set token_hash = $3, authenticated_at = $4, last_used_at = $4,
              second_factor_at = case when $5 then $4 else second_factor_at end
        where institution_id = $1 and id = $2 and ended_at is null returning 1`,
      [institution_id, id, change.token_hash, change.at, change.has_second_factor],
    )
    return rows.length === 1
  }

  async end(tokenHash: Buffer, reason: SessionEnd, at: Date): Promise<void> {
    await this.database.query(
      `update operator_sessions set ended_at = $2, end_reason = $3
        where token_hash = $1 and ended_at is null`,
      [tokenHash, at, reason],
    )
  }

  /** False: no such session of this person that still runs. */
  async endOne(
    owner: { readonly institution_id: string; readonly operator_id: string },
    id: string,
    reason: SessionEnd,
    at: Date,
  ): Promise<boolean> {
    const rows = await this.database.query(
      `update operator_sessions set ended_at = $4, end_reason = $5
        where institution_id = $1 and operator_id = $2 and id = $3 and ended_at is null returning 1`,
      [owner.institution_id, owner.operator_id, id, at, reason],
    )
    return rows.length === 1
  }

  /** Every session of this person but the one named; how many that were. */
  async endAll(
    owner: { readonly institution_id: string; readonly operator_id: string },
    change: { readonly reason: SessionEnd; readonly at: Date; readonly but?: string },
    writer: SqlReader = this.database,
  ): Promise<number> {
    const rows = await writer.query(
      `update operator_sessions set ended_at = $3, end_reason = $4
        where institution_id = $1 and operator_id = $2 and ended_at is null
          and ($5::text is null or id <> $5) returning 1`,
      [owner.institution_id, owner.operator_id, change.at, change.reason, change.but ?? null],
    )
    return rows.length
  }

  /** Those that may still be used, newest first. */
  list(
    owner: { readonly institution_id: string; readonly operator_id: string },
    alive: { readonly now: Date; readonly idleSince: Date },
    page: { readonly limit: number; readonly cursor: string | null },
  ): Promise<OperatorSessionRow[]> {
    return this.database.query<OperatorSessionRow>(
      `select ${COLUMNS} from operator_sessions session
        where institution_id = $1 and operator_id = $2 and ended_at is null
          and expires_at > $3 and last_used_at > $4 and ($5::text is null or id < $5)
        order by id desc limit $6`,
      [
        ...[owner.institution_id, owner.operator_id, alive.now, alive.idleSince],
        ...[page.cursor, page.limit + 1],
      ],
    )
  }

  async removeOlder(than: Date): Promise<void> {
    await this.database.query('delete from operator_sessions where expires_at < $1', [than])
  }
}
