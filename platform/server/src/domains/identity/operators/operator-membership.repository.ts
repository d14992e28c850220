import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../../infra/database/database.js'
import type { WorkPlace } from './operator.types.js'

export interface AppMemberRow {
  readonly operator_id: string
  readonly login: string
  readonly name: string
  readonly role: string
  readonly created_at: Date
}

const WORK_PLACE = `app.id as app_id, app.name as app_name, app.department_id, app.api_version,
  department.name as department_name, app.live_status = 'approved' as is_live`

/** Who belongs to which department and app. */
@Injectable()
export class OperatorMembershipRepository {
  constructor(private readonly database: Database) {}

  async findApp(institutionId: string, appId: string): Promise<WorkPlace | null> {
    const [row] = await this.database.query<WorkPlace>(
      `select ${WORK_PLACE} from apps app
         join departments department on department.institution_id = app.institution_id
                                    and department.id = app.department_id
        where app.institution_id = $1 and app.id = $2 and app.set_aside_of is null`,
      [institutionId, appId],
      'work_place_find',
    )
    return row ?? null
  }

  /** Null in a list: any. Newest first. */
  listApps(
    institutionId: string,
    among: { readonly apps: readonly string[] | null; readonly departments: readonly string[] },
    limit: number,
  ): Promise<WorkPlace[]> {
    return this.database.query<WorkPlace>(
      `select ${WORK_PLACE} from apps app
         join departments department on department.institution_id = app.institution_id
                                    and department.id = app.department_id
        where app.institution_id = $1 and app.set_aside_of is null
          and ($2::text[] is null or app.id = any($2) or app.department_id = any($3))
        order by app.id desc limit $4`,
      [institutionId, among.apps, among.departments, limit],
    )
  }

  /** Who signs in so, and was not sent away. */
  async findOperator(institutionId: string, login: string): Promise<string | null> {
    const [row] = await this.database.query<{ id: string }>(
      `select id from operators
        where institution_id = $1 and login = lower($2) and disabled_at is null`,
      [institutionId, login],
    )
    return row?.id ?? null
  }

  listAppMembers(
    institutionId: string,
    appId: string,
    limit: number,
    reader: SqlReader = this.database,
  ): Promise<AppMemberRow[]> {
    return reader.query<AppMemberRow>(
      `select member.operator_id, operator.login, operator.name, member.role, member.created_at
         from app_members member
         join operators operator on operator.institution_id = member.institution_id
                                and operator.id = member.operator_id
        where member.institution_id = $1 and member.app_id = $2
        order by member.created_at, member.operator_id limit $3`,
      [institutionId, appId, limit],
    )
  }

  async setAppMember(
    institutionId: string,
    member: { readonly app_id: string; readonly operator_id: string; readonly role: string },
    writer: SqlReader = this.database,
  ): Promise<void> {
    await writer.query(
      `insert into app_members (institution_id, app_id, operator_id, role) values ($1, $2, $3, $4)
       on conflict (institution_id, app_id, operator_id) do update set role = excluded.role`,
      [institutionId, member.app_id, member.operator_id, member.role],
    )
  }

  async removeAppMember(
    institutionId: string,
    member: { readonly app_id: string; readonly operator_id: string },
    writer: SqlReader = this.database,
  ): Promise<boolean> {
    const rows = await writer.query(
      `delete from app_members
        where institution_id = $1 and app_id = $2 and operator_id = $3 returning 1`,
      [institutionId, member.app_id, member.operator_id],
    )
    return rows.length === 1
  }

  /** Exactly these, in place of whatever there was. */
  async setDepartments(
    institutionId: string,
    operatorId: string,
    departments: readonly { readonly department_id: string; readonly role: string }[],
    writer: SqlReader = this.database,
  ): Promise<void> {
    await writer.query(
      'delete from department_members where institution_id = $1 and operator_id = $2',
      [institutionId, operatorId],
    )
    for (const { department_id, role } of departments) {
      await writer.query(
        `insert into department_members (institution_id, department_id, operator_id, role)
         values ($1, $2, $3, $4) on conflict do nothing`,
        [institutionId, department_id, operatorId, role],
      )
    }
  }
}
