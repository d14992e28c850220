import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../infra/http/wire.schema.js'
import type { NumberType, PayerRow } from './payer.types.js'

export interface PayerFilter extends ListFilter {
  readonly kind: string | null
  readonly number_type: string | null
  /** Only these; null: whoever. */
  readonly among: readonly string[] | null
  /** Only this one, whatever else matches. */
  readonly id: string | null
}

export interface PayerChange {
  readonly personal: Uint8Array
  readonly metadata: Record<string, string>
  readonly updated_at: Date
}

@Injectable()
export class PayerRepository {
  constructor(private readonly database: Database) {}

  /** False when the number (or the id) is there already. */
  async insert(row: PayerRow & { readonly metadata: Record<string, string> }): Promise<boolean> {
    const { count } = await this.database.prisma.payer.createMany({
      data: [
        {
          ...row,
          number_hash: Uint8Array.from(row.number_hash),
          personal: Uint8Array.from(row.personal),
        },
      ],
      skipDuplicates: true,
    })
    return count === 1
  }

  find(tenant: Tenant, id: string): Promise<PayerRow | null> {
    return this.database.prisma.payer.findFirst({ where: { ...tenantOf(tenant), id } })
  }

  findMany(tenant: Tenant, ids: readonly string[]): Promise<PayerRow[]> {
    const where = { ...tenantOf(tenant), id: { in: [...ids] } }
    return this.database.prisma.payer.findMany({ where })
  }

  findByNumber(
    tenant: Tenant,
    numberType: NumberType,
    numberHash: Uint8Array,
  ): Promise<PayerRow | null> {
    const number_hash = Uint8Array.from(numberHash)
    return this.database.prisma.payer.findFirst({
      where: { ...tenantOf(tenant), number_type: numberType, number_hash },
    })
  }

  /** A payer's id without their institution: all that a token of the authorization server names. */
  exists(id: string): Promise<boolean> {
    return this.database.prisma.payer.count({ where: { id } }).then((count) => count > 0)
  }

  list(tenant: Tenant, filter: PayerFilter): Promise<PayerRow[]> {
    const { where, orderBy, take } = listConditions(filter)
    return this.database.prisma.payer.findMany({
      where: {
        ...tenantOf(tenant),
        ...(filter.kind ? { kind: filter.kind } : {}),
        ...(filter.number_type ? { number_type: filter.number_type } : {}),
        AND: [
          filter.id ? { id: filter.id } : {},
          filter.among ? { id: { in: [...filter.among] } } : {},
        ],
        ...where,
      },
      orderBy,
      take,
    })
  }

  /**
   * Saves a change made to `row` as it was read. A sealed value is never twice the same, so it serves as
   * the version. False when somebody else changed the payer in between.
   */
  async update(row: PayerRow, change: PayerChange): Promise<boolean> {
    const { count } = await this.database.prisma.payer.updateMany({
      where: { ...tenantOf(row), id: row.id, personal: Uint8Array.from(row.personal) },
      data: { ...change, personal: Uint8Array.from(change.personal) },
    })
    return count === 1
  }
}

const tenantOf = ({ institution_id, livemode }: Tenant) => ({ institution_id, livemode })
