import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import type { ListFilter } from '../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../kernel/pagination.js'

/** A department, with what it has decided for one mode. */
export interface DepartmentRow {
  readonly id: string
  readonly name: string
  readonly metadata: unknown
  readonly created_at: Date
  readonly refund_approval_threshold: bigint | null
}

@Injectable()
export class DepartmentRepository {
  constructor(private readonly database: Database) {}

  async find(tenant: Tenant, id: string): Promise<DepartmentRow | null> {
    const [row] = await this.database.query<DepartmentRow>(
      `select department.id, department.name, department.metadata, department.created_at,
              setting.refund_approval_threshold
         from departments department
         left join department_settings setting
           on setting.institution_id = department.institution_id and setting.livemode = $2
          and setting.department_id = department.id
        where department.institution_id = $1 and department.id = $3`,
      [tenant.institution_id, tenant.livemode, id],
    )
    return row ?? null
  }

  /** Those that a caller may see; null: all of the institution. */
  async list(
    tenant: Tenant,
    among: readonly string[] | null,
    filter: ListFilter,
  ): Promise<Page<DepartmentRow>> {
    const rows = await this.database.query<DepartmentRow>(
      `select department.id, department.name, department.metadata, department.created_at,
              setting.refund_approval_threshold
         from departments department
         left join department_settings setting
           on setting.institution_id = department.institution_id and setting.livemode = $2
          and setting.department_id = department.id
        where department.institution_id = $1 and ($3::text[] is null or department.id = any($3))
          and ($4::text is null or department.id < $4)
          and ($5::timestamptz is null or department.created_at >= $5)
          and ($6::timestamptz is null or department.created_at < $6)
        order by department.id desc limit $7`,
      [
        ...[tenant.institution_id, tenant.livemode, among, filter.cursor],
        ...[filter.created_at_gte, filter.created_at_lt, filter.limit + 1],
      ],
    )
    return toPage(rows, filter.limit)
  }

  /** Of the apps that somebody works with. */
  async ofApps(institutionId: string, appIds: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ department_id: string }>(
      'select distinct department_id from apps where institution_id = $1 and id = any($2)',
      [institutionId, appIds],
    )
    return rows.map(({ department_id }) => department_id)
  }

  async setRefundThreshold(tenant: Tenant, id: string, threshold: bigint | null): Promise<void> {
    await this.database.query(
      `insert into department_settings
         (institution_id, livemode, department_id, refund_approval_threshold, updated_at)
       values ($1, $2, $3, $4, now())
       on conflict (institution_id, livemode, department_id) do update
         set refund_approval_threshold = excluded.refund_approval_threshold, updated_at = now()`,
      [tenant.institution_id, tenant.livemode, id, threshold],
    )
  }

  async refundThreshold(reader: SqlReader, tenant: Tenant, id: string): Promise<bigint | null> {
    const [row] = await reader.query<{ refund_approval_threshold: bigint | null }>(
      `select refund_approval_threshold from department_settings
        where institution_id = $1 and livemode = $2 and department_id = $3`,
      [tenant.institution_id, tenant.livemode, id],
    )
    return row?.refund_approval_threshold ?? null
  }
}
