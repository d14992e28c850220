import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../infra/http/wire.schema.js'
import type { FeeItemRow, RevenueShare } from './fee-item.types.js'

export interface FeeItemFilter extends ListFilter {
  readonly code: string | null
  readonly status: string | null
}

@Injectable()
export class FeeItemRepository {
  constructor(private readonly database: Database) {}

  /** False when the code (or the id) is there already. */
  async insert(
    row: FeeItemRow & {
      readonly metadata: Record<string, string>
      readonly revenue_split: readonly RevenueShare[]
    },
  ): Promise<boolean> {
    const { count } = await this.database.prisma.fee_item.createMany({
      data: [
        {
          ...row,
          channels: [...row.channels],
          revenue_split: row.revenue_split.map((share) => ({ ...share })),
        },
      ],
      skipDuplicates: true,
    })
    return count === 1
  }

  find(caller: Caller, id: string): Promise<FeeItemRow | null> {
    return this.database.prisma.fee_item.findFirst({ where: { ...ownerOf(caller), id } })
  }

  findByCode(caller: Caller, code: string): Promise<FeeItemRow | null> {
    return this.database.prisma.fee_item.findFirst({ where: { ...ownerOf(caller), code } })
  }

  list(caller: Caller, filter: FeeItemFilter): Promise<FeeItemRow[]> {
    const { where, orderBy, take } = listConditions(filter)
    return this.database.prisma.fee_item.findMany({
      where: {
        ...ownerOf(caller),
        ...(filter.code ? { code: filter.code } : {}),
        ...(filter.status ? { status: filter.status } : {}),
        ...where,
      },
      orderBy,
      take,
    })
  }

  /** The row as it is now, held until the transaction ends. */
  async lock(tx: Transaction, caller: Caller, id: string): Promise<FeeItemRow | null> {
    const [row] = await tx.query<FeeItemRow>(
      `select * from fee_items
        where institution_id = $1 and livemode = $2 and app_id = $3 and id = $4
          for no key update`,
      [caller.institution_id, caller.livemode, caller.app_id, id],
    )
    return row ?? null
  }

  /** Writes what may change of a row that `lock` holds. */
  async save(tx: Transaction, row: FeeItemRow): Promise<void> {
    await tx.query(
      `update fee_items
          set name = $4, status = $5, window_starts_at = $6, window_ends_at = $7,
              partial_payment_allowed = $8, partial_payment_minimum = $9, channels = $10,
              metadata = $11, updated_at = $12, revenue_split = $13
        where institution_id = $1 and livemode = $2 and id = $3`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        row.name,
        row.status,
        row.window_starts_at,
        row.window_ends_at,
        row.partial_payment_allowed,
        row.partial_payment_minimum,
        [...row.channels],
        JSON.stringify(row.metadata),
        row.updated_at,
        JSON.stringify(row.revenue_split),
      ],
    )
  }
}

const ownerOf = ({ institution_id, livemode, app_id }: Caller) => ({
  institution_id,
  livemode,
  app_id,
})
