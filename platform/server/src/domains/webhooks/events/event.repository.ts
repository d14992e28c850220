import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../../kernel/pagination.js'
import type { EventContent } from './event.types.js'

@Injectable()
export class EventRepository {
  constructor(private readonly database: Database) {}

  async list(
    caller: Caller,
    filter: ListFilter,
    type: string | undefined,
  ): Promise<Page<EventContent>> {
    const { where, ...rest } = listConditions(filter)
    const rows = await this.database.prisma.event.findMany({
      where: { ...ownedBy(caller), ...where, ...(type === undefined ? {} : { type }) },
      ...rest,
    })
    return toPage(rows, filter.limit)
  }

  find(caller: Caller, id: string): Promise<EventContent | null> {
    return this.database.prisma.event.findFirst({ where: { ...ownedBy(caller), id } })
  }
}

function ownedBy({ institution_id, livemode, app_id }: Caller) {
  return { institution_id, livemode, app_id }
}
