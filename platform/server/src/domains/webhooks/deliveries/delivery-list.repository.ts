import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../../kernel/pagination.js'

export interface DeliveryFilter extends ListFilter {
  readonly status: string | undefined
  readonly event_id: string | undefined
}

/** For reading only: what people see of deliveries. */
@Injectable()
export class DeliveryListRepository {
  constructor(private readonly database: Database) {}

  /** Deliveries with all their attempts, oldest attempt first, and the types of their events. */
  async list(tenant: Tenant, endpointId: string, filter: DeliveryFilter) {
    const { institution_id, livemode } = tenant
    const { where, ...rest } = listConditions(filter)
    const rows = await this.database.prisma.webhook_delivery.findMany({
      where: {
        institution_id,
        livemode,
        endpoint_id: endpointId,
        ...where,
        ...(filter.status === undefined ? {} : { status: filter.status }),
        ...(filter.event_id === undefined ? {} : { event_id: filter.event_id }),
      },
      include: { attempts: { orderBy: { position: 'asc' } } },
      ...rest,
    })
    const types = await this.eventTypes(tenant, [...new Set(rows.map((row) => row.event_id))])
    return toPage(
      rows.map((row) => ({ ...row, event_type: types.get(row.event_id) ?? 'unknown' })),
      filter.limit,
    )
  }

  private async eventTypes(tenant: Tenant, ids: string[]): Promise<Map<string, string>> {
    const { institution_id, livemode } = tenant
    const events = await this.database.prisma.event.findMany({
      where: { institution_id, livemode, id: { in: ids } },
      select: { id: true, type: true },
    })
    return new Map(events.map(({ id, type }) => [id, type]))
  }
}

export type ListedDelivery =
  Awaited<ReturnType<DeliveryListRepository['list']>> extends Page<infer Row> ? Row : never
