import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../../kernel/pagination.js'

export interface DeliveryFilter extends ListFilter {
  readonly status: string | undefined
  readonly event_id: string | undefined
  readonly event_type?: string | undefined
  readonly endpoint_id: string | undefined
}

/** All attempts, oldest first. */
const ATTEMPTS = { attempts: { orderBy: { position: 'asc' as const } } }

/** For reading only: what people see of deliveries. */
@Injectable()
export class DeliveryListRepository {
  constructor(private readonly database: Database) {}

  async list(caller: Caller, filter: DeliveryFilter) {
    const { where, ...rest } = listConditions(filter)
    const { status, event_id, event_type, endpoint_id } = filter
    const rows = await this.database.prisma.webhook_delivery.findMany({
      where: {
        ...ownedBy(caller),
        ...where,
        ...(status === undefined ? {} : { status }),
        ...(event_id === undefined ? {} : { event_id }),
        ...(event_type === undefined ? {} : { event_type }),
        ...(endpoint_id === undefined ? {} : { endpoint_id }),
      },
      include: ATTEMPTS,
      ...rest,
    })
    return toPage(rows, filter.limit)
  }

  find(caller: Caller, id: string) {
    return this.database.prisma.webhook_delivery.findFirst({
      where: { ...ownedBy(caller), id },
      include: ATTEMPTS,
    })
  }

  /** To all endpoints: an app has few. */
  ofEvent(caller: Caller, eventId: string) {
    return this.database.prisma.webhook_delivery.findMany({
      where: { ...ownedBy(caller), event_id: eventId },
      include: ATTEMPTS,
      orderBy: { id: 'asc' },
    })
  }
}

function ownedBy({ institution_id, livemode, app_id }: Caller) {
  return { institution_id, livemode, app_id }
}

export type ListedDelivery =
  Awaited<ReturnType<DeliveryListRepository['list']>> extends Page<infer Row> ? Row : never
