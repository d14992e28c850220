import { Injectable } from '@nestjs/common'
import type { SqlReader } from '../../infra/database/database.js'
import { departmentsWith } from '../../infra/http/authority.js'
import type { Caller, Tenant } from '../../infra/http/caller.js'
import {
  listFilterOf,
  toWireList,
  type WireList,
  wireAmount,
  wireMetadata,
  wireTime,
} from '../../infra/http/wire.schema.js'
import { DepartmentRepository, type DepartmentRow } from './department.repository.js'
import type { Department, DepartmentListQuery, UpdateDepartment } from './department.schema.js'
import { IdentityError } from './identity.errors.js'

/** What a department decides about its own money. An app sees its own department, in its own mode. */
@Injectable()
export class DepartmentService {
  constructor(private readonly departments: DepartmentRepository) {}

  /** A program sees its own; a person those that their roles, and the apps they work with, open. */
  async list(caller: Caller, query: DepartmentListQuery): Promise<WireList<Department>> {
    const among = await this.visibleTo(caller)
    const page = await this.departments.list(caller, among, listFilterOf(query))
    return toWireList(page, (row) => toWireDepartment(caller, row))
  }

  /** @throws IdentityError department_not_found */
  async get(caller: Caller, id: string): Promise<Department> {
    const row = id === caller.department_id ? await this.departments.find(caller, id) : null
    if (row) return toWireDepartment(caller, row)
    throw new IdentityError(
      'department_not_found',
      `No such department, or it is not yours: ${id}.`,
    )
  }

  /** @throws IdentityError department_not_found */
  async update(caller: Caller, id: string, body: UpdateDepartment): Promise<Department> {
    await this.get(caller, id)
    const { refund_approval_threshold: threshold } = body
    if (threshold !== undefined) {
      const amount = threshold === null ? null : BigInt(threshold)
      await this.departments.setRefundThreshold(caller, id, amount)
    }
    return this.get(caller, id)
  }

  /** Above which sum refunds need a second person; null: none does. Inside the refund's transaction. */
  refundThreshold(reader: SqlReader, tenant: Tenant, id: string): Promise<bigint | null> {
    return this.departments.refundThreshold(reader, tenant, id)
  }

  private async visibleTo({ operator, institution_id, department_id }: Caller) {
    if (!operator) return [department_id]
    const { authority } = operator
    const held = departmentsWith(authority, 'departments:read')
    if (held === 'all') return null
    return [...held, ...(await this.departments.ofApps(institution_id, [...authority.apps.keys()]))]
  }
}

function toWireDepartment(caller: Caller, row: DepartmentRow): Department {
  const threshold = row.refund_approval_threshold
  return {
    id: row.id,
    object: 'department',
    livemode: caller.livemode,
    created_at: wireTime(row.created_at),
    name: row.name,
    refund_approval_threshold: threshold === null ? null : wireAmount(threshold),
    metadata: wireMetadata(row.metadata),
  }
}
