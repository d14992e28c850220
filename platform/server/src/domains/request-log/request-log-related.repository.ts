import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { idFloor, idTimeMs } from '../../kernel/id.js'
import type { RequestLogRow } from './request-log.types.js'

export interface RelatedEvent {
  readonly id: string
  readonly type: string
  readonly object_id: string | null
  readonly object: string | null
}

export interface RelatedDelivery {
  readonly id: string
  readonly event_id: string
  readonly endpoint_id: string
  readonly status: string
  readonly attempt_count: number
}

const EVENTS_MAX = 100
const DELIVERIES_MAX = 100
/** Clocks of two machines may differ by so much. */
const SLACK_MS = 2_000

/** What a call caused: its events, and the webhooks of these. */
@Injectable()
export class RequestLogRelatedRepository {
  constructor(private readonly database: Database) {}

  /** An event's id carries its time, so only those of the call's own time are looked at. */
  events(caller: Caller, row: RequestLogRow): Promise<RelatedEvent[]> {
    const arrivedMs = idTimeMs(row.id)
    return this.database.query<RelatedEvent>(
      `select id, type, object_id, object ->> 'object' as object from events
        where institution_id = $1 and livemode = $2 and app_id = $3
          and id >= $4 and id < $5 and request_id = $6
        order by id limit ${EVENTS_MAX}`,
      [
        ...[caller.institution_id, caller.livemode, caller.app_id],
        idFloor('evt', arrivedMs - SLACK_MS),
        idFloor('evt', arrivedMs + row.duration_us / 1000 + SLACK_MS),
        row.id,
      ],
    )
  }

  deliveries(caller: Caller, eventIds: readonly string[]): Promise<RelatedDelivery[]> {
    return this.database.query<RelatedDelivery>(
      `select delivery.id, event_id, endpoint_id, delivery.status, attempt_count
         from webhook_deliveries delivery
         join webhook_endpoints endpoint
           on endpoint.institution_id = delivery.institution_id
          and endpoint.livemode = delivery.livemode and endpoint.id = delivery.endpoint_id
        where endpoint.institution_id = $1 and endpoint.livemode = $2 and endpoint.app_id = $3
          and delivery.event_id = any($4)
        order by delivery.id limit ${DELIVERIES_MAX}`,
      [caller.institution_id, caller.livemode, caller.app_id, eventIds],
    )
  }
}
