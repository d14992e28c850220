import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import { type Page, toPage } from '../../../kernel/pagination.js'
import type { EventFilter, EventPlace, EventWait, StoredEvent } from './event.types.js'

@Injectable()
export class EventRepository {
  constructor(private readonly database: Database) {}

  async list(
    caller: Caller,
    filter: ListFilter,
    narrowed: EventFilter,
  ): Promise<Page<StoredEvent>> {
    const { where, ...rest } = listConditions(filter)
    const rows = await this.database.prisma.event.findMany({
      where: { ...ownedBy(caller), ...where, ...given(narrowed) },
      ...rest,
    })
    return toPage(rows, filter.limit)
  }

  /**
   * Events by their positions, of which one becomes visible only after all below it. Not beyond `upTo`, so that
   * whoever goes on from there has missed nothing.
   */
  async listAfter(
    caller: Caller,
    range: { readonly after: bigint; readonly upTo: bigint },
    filter: ListFilter,
    narrowed: EventFilter,
  ): Promise<StoredEvent[]> {
    const { where, take } = listConditions({ ...filter, cursor: null })
    return this.database.prisma.event.findMany({
      where: {
        ...ownedBy(caller),
        ...where,
        ...given(narrowed),
        position: { gt: range.after, lte: range.upTo },
      },
      orderBy: { position: 'asc' },
      take,
    })
  }

  find(caller: Caller, id: string): Promise<StoredEvent | null> {
    return this.database.prisma.event.findFirst({ where: { ...ownedBy(caller), id } })
  }

  /** Where an event stands; its position is null until the relay has given it one. */
  placeOf(caller: Caller, id: string): Promise<EventPlace | null> {
    return this.database.prisma.event.findFirst({
      where: { ...ownedBy(caller), id },
      select: { id: true, position: true },
    })
  }

  /** The last event of the app that has a position; null before its first. */
  head(caller: Caller): Promise<EventPlace | null> {
    return this.database.prisma.event.findFirst({
      where: { ...ownedBy(caller), position: { not: null } },
      orderBy: { position: 'desc' },
      select: { id: true, position: true },
    })
  }

  /** Which of these have something to read by now: one statement, however many wait. */
  async arrived(waits: readonly EventWait[]): Promise<number[]> {
    const rows = await this.database.query<{ no: number }>(
      `select wait.no
         from jsonb_to_recordset($1) as wait(no int, institution_id text, livemode boolean,
              app_id text, after text)
        where exists (
          select from events
           where events.institution_id = wait.institution_id and events.livemode = wait.livemode
             and events.app_id = wait.app_id
             and events.position > case when wait.after is null then 0 else (
               select passed.position from events as passed
                where passed.institution_id = wait.institution_id
                  and passed.livemode = wait.livemode and passed.id = wait.after) end)`,
      [JSON.stringify(waits.map((wait, no) => ({ ...wait, no })))],
      'events_arrived',
    )
    return rows.map(({ no }) => no)
  }
}

function ownedBy({ institution_id, livemode, app_id }: Caller) {
  return { institution_id, livemode, app_id }
}

function given({ type, request_id, object_id }: EventFilter) {
  return {
    ...(type === undefined ? {} : { type }),
    ...(request_id === undefined ? {} : { request_id }),
    ...(object_id === undefined ? {} : { object_id }),
  }
}
