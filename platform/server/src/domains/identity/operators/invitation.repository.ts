import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../../infra/database/database.js'
import type { AppRole, DepartmentRole } from '../../../infra/http/roles.js'

/** A row of `operator_invitations`, without the hash of its token. */
export interface InvitationRow {
  readonly institution_id: string
  readonly id: string
  readonly login: string
  readonly name: string
  readonly roles: readonly string[]
  readonly departments: readonly { readonly department: string; readonly role: DepartmentRole }[]
  readonly apps: readonly { readonly app: string; readonly role: AppRole }[]
  readonly created_by: string
  readonly created_at: Date
  readonly expires_at: Date
  readonly accepted_at: Date | null
  readonly revoked_at: Date | null
  readonly operator_id: string | null
  readonly metadata: unknown
}

const COLUMNS = `institution_id, id, login, name, roles, departments, apps, created_by, created_at,
  expires_at, accepted_at, revoked_at, operator_id, metadata`

@Injectable()
export class InvitationRepository {
  constructor(private readonly database: Database) {}

  /** False: this call made it before. */
  async insert(row: InvitationRow, tokenHash: Buffer): Promise<boolean> {
    const rows = await this.database.query(
      `insert into operator_invitations (institution_id, id, login, name, roles, departments, apps,
         created_by, created_at, expires_at, metadata, token_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (institution_id, id) do update set token_hash = excluded.token_hash
       where operator_invitations.accepted_at is null and operator_invitations.revoked_at is null
       returning 1`,
      [
        ...[row.institution_id, row.id, row.login, row.name, [...row.roles]],
        ...[JSON.stringify(row.departments), JSON.stringify(row.apps), row.created_by],
        ...[row.created_at, row.expires_at, JSON.stringify(row.metadata), tokenHash],
      ],
    )
    return rows.length === 1
  }

  async find(institutionId: string, id: string): Promise<InvitationRow | null> {
    const [row] = await this.database.query<InvitationRow>(
      `select ${COLUMNS} from operator_invitations where institution_id = $1 and id = $2`,
      [institutionId, id],
    )
    return row ?? null
  }

  /** A link carries only the token. */
  async findByToken(tokenHash: Buffer): Promise<InvitationRow | null> {
    const [row] = await this.database.query<InvitationRow>(
      `select ${COLUMNS} from operator_invitations where token_hash = $1`,
      [tokenHash],
    )
    return row ?? null
  }

  /** The newest that this person may still accept. */
  async findOpen(institutionId: string, login: string, now: Date): Promise<InvitationRow | null> {
    const [row] = await this.database.query<InvitationRow>(
      `select ${COLUMNS} from operator_invitations
        where institution_id = $1 and login = $2 and accepted_at is null and revoked_at is null
          and expires_at > $3
        order by id desc limit 1`,
      [institutionId, login, now],
    )
    return row ?? null
  }

  list(
    institutionId: string,
    filter: {
      readonly limit: number
      readonly cursor: string | null
      readonly created_at_gte: Date | null
      readonly created_at_lt: Date | null
    },
  ): Promise<InvitationRow[]> {
    return this.database.query<InvitationRow>(
      `select ${COLUMNS} from operator_invitations
        where institution_id = $1 and ($2::text is null or id < $2)
          and ($3::timestamptz is null or created_at >= $3)
          and ($4::timestamptz is null or created_at < $4)
        order by id desc limit $5`,
      [
        ...[institutionId, filter.cursor, filter.created_at_gte, filter.created_at_lt],
        filter.limit + 1,
      ],
    )
  }

  /** False: accepted, taken back or too old by now. Of two who accept at once one gets true. */
  async accept(row: InvitationRow, operatorId: string, at: Date, tx: SqlReader): Promise<boolean> {
    const rows = await tx.query(
      `update operator_invitations set accepted_at = $3, operator_id = $4
        where institution_id = $1 and id = $2 and accepted_at is null and revoked_at is null
          and expires_at > $3 returning 1`,
      [row.institution_id, row.id, at, operatorId],
    )
    return rows.length === 1
  }

  async revoke(institutionId: string, id: string, at: Date): Promise<boolean> {
    const rows = await this.database.query(
      `update operator_invitations set revoked_at = coalesce(revoked_at, $3)
        where institution_id = $1 and id = $2 and accepted_at is null returning 1`,
      [institutionId, id, at],
    )
    return rows.length === 1
  }

  /** Those of these apps that are the institution's. */
  async appsAmong(institutionId: string, ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      'select id from apps where institution_id = $1 and id = any($2)',
      [institutionId, ids],
    )
    return new Set(rows.map(({ id }) => id))
  }
}
