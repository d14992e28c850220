import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'

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
