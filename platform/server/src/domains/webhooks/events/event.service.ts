import { Injectable } from '@nestjs/common'
import type { Caller } from '../../../infra/http/caller.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { isId } from '../../../kernel/id.js'
import { WebhookError } from '../webhook.errors.js'
import { EventRepository } from './event.repository.js'
import { type EventListQuery, toWireEvent, type WireEvent } from './event.schema.js'
import { EventWaitingService } from './event-waiting.service.js'

@Injectable()
export class EventService {
  constructor(
    private readonly events: EventRepository,
    private readonly waiting: EventWaitingService,
  ) {}

  /** Throws `event_not_found` when the event to go on from is none of the app's. */
  async list(caller: Caller, query: EventListQuery): Promise<WireList<WireEvent>> {
    if (query.order === 'asc') return this.listen(caller, query)
    const page = await this.events.list(caller, listFilterOf(query), query)
    return toWireList(page, toWireEvent)
  }

  /** Throws `event_not_found`. */
  async get(caller: Caller, id: string): Promise<WireEvent> {
    const row = isId(id, 'evt') ? await this.events.find(caller, id) : null
    if (row) return toWireEvent(row)
    throw notFound(id)
  }

  /** The next page; the first answer that is not empty, or an empty one when the time is over. */
  private async listen(caller: Caller, query: EventListQuery): Promise<WireList<WireEvent>> {
    const deadlineMs = performance.now() + (query.wait_seconds ?? 0) * 1000
    let after = await this.startOf(caller, query)
    for (;;) {
      const page = await this.pageAfter(caller, after, query)
      const restMs = deadlineMs - performance.now()
      if (page.data.length > 0 || restMs <= 0) return page
      after = page.next_cursor
      const { institution_id, livemode, app_id } = caller
      await this.waiting.until({ institution_id, livemode, app_id, after }, restMs)
      // Woken by the end of the process: an empty page now is better than a cut connection later.
      if (this.waiting.isStopping) return page
    }
  }

  private async startOf(caller: Caller, { cursor, after }: EventListQuery): Promise<string | null> {
    if (cursor !== undefined) return cursor
    if (after !== 'now') return after ?? null
    return (await this.events.head(caller))?.id ?? null
  }

  private async pageAfter(
    caller: Caller,
    after: string | null,
    query: EventListQuery,
  ): Promise<WireList<WireEvent>> {
    const from = after === null ? 0n : await this.positionOf(caller, after)
    // First where it ends, then what is in between: all of that is there.
    const head = await this.events.head(caller)
    if (from === null || !head?.position || head.position <= from) return emptyPage(after)
    const range = { after: from, upTo: head.position }
    const rows = await this.events.listAfter(caller, range, listFilterOf(query), query)
    const shown = rows.slice(0, query.limit)
    const has_more = rows.length > shown.length
    return {
      object: 'list',
      data: shown.map(toWireEvent),
      has_more,
      next_cursor: (has_more ? shown.at(-1)?.id : head.id) ?? after,
    }
  }

  /** Null: it has no position yet, so nothing comes after it. */
  private async positionOf(caller: Caller, id: string): Promise<bigint | null> {
    const place = await this.events.placeOf(caller, id)
    if (place) return place.position
    throw notFound(id)
  }
}

function emptyPage(after: string | null): WireList<WireEvent> {
  return { object: 'list', data: [], has_more: false, next_cursor: after }
}

function notFound(id: string): WebhookError {
  return new WebhookError('event_not_found', `No such event, or it is not yours: ${id}.`)
}
