import { Injectable } from '@nestjs/common'
import type { Caller } from '../../../infra/http/caller.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { isId } from '../../../kernel/id.js'
import { WebhookError } from '../webhook.errors.js'
import { EventRepository } from './event.repository.js'
import { type EventListQuery, toWireEvent, type WireEvent } from './event.schema.js'

@Injectable()
export class EventService {
  constructor(private readonly events: EventRepository) {}

  async list(caller: Caller, query: EventListQuery): Promise<WireList<WireEvent>> {
    const page = await this.events.list(caller, listFilterOf(query), query.type)
    return toWireList(page, toWireEvent)
  }

  /** Throws `event_not_found`. */
  async get(caller: Caller, id: string): Promise<WireEvent> {
    const row = isId(id, 'evt') ? await this.events.find(caller, id) : null
    if (row) return toWireEvent(row)
    throw new WebhookError('event_not_found', `No such event, or it is not yours: ${id}.`)
  }
}
