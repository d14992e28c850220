import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import type { PaymentLimitRow } from './payment-limit.types.js'

/** All limits of an institution are looked at for every payment. */
export const LIMITS_MAX = 100

@Injectable()
export class PaymentLimitRepository {
  constructor(private readonly database: Database) {}

  /** False when the id is there already. */
  async insert(row: PaymentLimitRow): Promise<boolean> {
    const { count } = await this.database.prisma.payment_limit.createMany({
      data: [{ ...row, per: [...row.per], metadata: row.metadata ?? {} }],
      skipDuplicates: true,
    })
    return count === 1
  }

  async save(row: PaymentLimitRow): Promise<boolean> {
    const { institution_id, livemode, id } = row
    const { name, amount_per_payment, amount_per_day, count_per_day, status, updated_at } = row
    const { count } = await this.database.prisma.payment_limit.updateMany({
      where: { institution_id, livemode, id },
      data: {
        ...{ name, amount_per_payment, amount_per_day, count_per_day, status, updated_at },
        metadata: row.metadata ?? {},
      },
    })
    return count === 1
  }

  find(tenant: Tenant, id: string): Promise<PaymentLimitRow | null> {
    const { institution_id, livemode } = tenant
    return this.database.prisma.payment_limit.findFirst({ where: { institution_id, livemode, id } })
  }

  count(tenant: Tenant): Promise<number> {
    const { institution_id, livemode } = tenant
    return this.database.prisma.payment_limit.count({ where: { institution_id, livemode } })
  }

  /** Inside a transaction pass it as `reader`: it may hold the pool's last connection. */
  findActive(tenant: Tenant, reader: SqlReader = this.database): Promise<PaymentLimitRow[]> {
    return reader.query<PaymentLimitRow>(
      `select * from payment_limits
        where institution_id = $1 and livemode = $2 and status = 'active' limit ${LIMITS_MAX}`,
      [tenant.institution_id, tenant.livemode],
    )
  }

  /** Of the whole institution and of one department. */
  list(
    tenant: Tenant,
    departmentId: string,
    filter: ListFilter & { readonly status: string | null },
  ): Promise<PaymentLimitRow[]> {
    const { institution_id, livemode } = tenant
    const { where, orderBy, take } = listConditions(filter)
    return this.database.prisma.payment_limit.findMany({
      where: {
        institution_id,
        livemode,
        OR: [{ department_id: null }, { department_id: departmentId }],
        ...(filter.status ? { status: filter.status } : {}),
        ...where,
      },
      orderBy,
      take,
    })
  }
}
