import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../../infra/database/database.js'

/** A person, with everything but secrets. */
export interface OperatorRow {
  readonly institution_id: string
  readonly id: string
  readonly login: string
  readonly name: string
  readonly roles: readonly string[]
  readonly has_password: boolean
  readonly has_totp: boolean
  readonly disabled_at: Date | null
  readonly metadata: unknown
  readonly created_at: Date
  readonly last_seen_at: Date | null
  readonly departments: readonly (readonly [string, string])[]
  readonly apps: readonly (readonly [string, string])[]
}

/** Where a list of people goes on, and whom it shows. */
export interface OperatorFilter {
  readonly limit: number
  readonly cursor: string | null
  readonly created_at_gte: Date | null
  readonly created_at_lt: Date | null
  readonly login: string | null
  readonly is_disabled: boolean | null
}

const SELECT = `select operator.institution_id, operator.id, operator.login, operator.name, operator.roles,
  operator.password_hash is not null as has_password, operator.totp_secret is not null as has_totp,
  operator.disabled_at, operator.metadata, operator.created_at,
  (select max(last_used_at) from operator_sessions session
    where session.institution_id = operator.institution_id and session.operator_id = operator.id)
    as last_seen_at,
  (select coalesce(jsonb_agg(jsonb_build_array(department_id, role) order by department_id, role), '[]')
     from department_members member
    where member.institution_id = operator.institution_id and member.operator_id = operator.id)
    as departments,
  (select coalesce(jsonb_agg(jsonb_build_array(app_id, role) order by app_id), '[]')
     from app_members member
    where member.institution_id = operator.institution_id and member.operator_id = operator.id) as apps
  from operators operator`

/** Rows of `operators` as people see each other. */
@Injectable()
export class OperatorRepository {
  constructor(private readonly database: Database) {}

  async find(
    institutionId: string,
    id: string,
    reader: SqlReader = this.database,
  ): Promise<OperatorRow | null> {
    const [row] = await reader.query<OperatorRow>(
      `${SELECT} where operator.institution_id = $1 and operator.id = $2`,
      [institutionId, id],
    )
    return row ?? null
  }

  async findByLogin(institutionId: string, login: string): Promise<OperatorRow | null> {
    const [row] = await this.database.query<OperatorRow>(
      `${SELECT} where operator.institution_id = $1 and operator.login = $2`,
      [institutionId, login],
    )
    return row ?? null
  }

  list(institutionId: string, filter: OperatorFilter): Promise<OperatorRow[]> {
    return this.database.query<OperatorRow>(
      `${SELECT} where operator.institution_id = $1
          and ($2::text is null or operator.id < $2)
          and ($3::timestamptz is null or operator.created_at >= $3)
          and ($4::timestamptz is null or operator.created_at < $4)
          and ($5::text is null or operator.login = $5)
          and ($6::boolean is null or (operator.disabled_at is not null) = $6)
        order by operator.id desc limit $7`,
      [
        ...[institutionId, filter.cursor, filter.created_at_gte, filter.created_at_lt],
        ...[filter.login, filter.is_disabled, filter.limit + 1],
      ],
    )
  }

  /** False: somebody has this login already. */
  async insert(
    row: Pick<OperatorRow, 'institution_id' | 'id' | 'login' | 'name' | 'roles'> & {
      readonly password_hash: string | null
    },
    writer: SqlReader = this.database,
  ): Promise<boolean> {
    const rows = await writer.query(
      `insert into operators (institution_id, id, login, name, roles, password_hash, password_changed_at)
       values ($1, $2, $3, $4, $5, $6, case when $6::text is null then null else now() end)
       on conflict (institution_id, login) do nothing returning 1`,
      [row.institution_id, row.id, row.login, row.name, [...row.roles], row.password_hash],
    )
    return rows.length === 1
  }

  async update(
    row: Pick<OperatorRow, 'institution_id' | 'id' | 'name' | 'roles' | 'disabled_at'> & {
      readonly metadata: Readonly<Record<string, string>>
    },
    writer: SqlReader,
  ): Promise<void> {
    await writer.query(
      `update operators set name = $3, roles = $4, disabled_at = $5, metadata = $6
        where institution_id = $1 and id = $2`,
      [
        ...[row.institution_id, row.id, row.name, [...row.roles], row.disabled_at],
        JSON.stringify(row.metadata),
      ],
    )
  }

  /**
   * Everybody who administers the institution and can sign in. It locks the institution's administrators, so that
   * two who take each other's role away at the same moment do so one after the other.
   */
  async lockAdmins(institutionId: string, tx: SqlReader): Promise<string[]> {
    await tx.query('select 1 from institutions where id = $1 for no key update', [institutionId])
    const rows = await tx.query<{ id: string }>(
      `select id from operators
        where institution_id = $1 and 'platform_admin' = any(roles) and disabled_at is null`,
      [institutionId],
    )
    return rows.map(({ id }) => id)
  }
}
