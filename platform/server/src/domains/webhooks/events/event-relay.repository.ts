// Hot path: plain SQL, three round trips for a whole batch.

import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../../infra/database/database.js'

/** An event that waits for its deliveries, with one endpoint that wants it (or none at all). */
export interface UnrelayedEvent {
  readonly institution_id: string
  readonly livemode: boolean
  readonly event_id: string
  readonly endpoint_id: string | null
}

export interface NewDelivery {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly endpoint_id: string
  readonly event_id: string
}

@Injectable()
export class EventRelayRepository {
  /**
   * Locks the oldest events without deliveries, of all institutions, and finds who wants them. Rows that
   * another relay holds are skipped, so any number of relays work side by side.
   */
  take(tx: Transaction, batchSize: number): Promise<UnrelayedEvent[]> {
    return tx.query<UnrelayedEvent>(
      `with batch as (
         select institution_id, livemode, id, app_id, type from events
          where relayed_at is null order by created_at limit $1 for update skip locked
       )
       select batch.institution_id, batch.livemode, batch.id as event_id, endpoint.id as endpoint_id
         from batch left join webhook_endpoints endpoint
           on endpoint.institution_id = batch.institution_id
          and endpoint.livemode = batch.livemode and endpoint.app_id = batch.app_id
          and endpoint.status = 'enabled'
          and (endpoint.event_types = '{}' or batch.type = any (endpoint.event_types))`,
      [batchSize],
    )
  }

  async insertDeliveries(tx: Transaction, deliveries: readonly NewDelivery[]): Promise<void> {
    if (deliveries.length === 0) return
    await tx.query(
      `insert into webhook_deliveries (institution_id, livemode, id, endpoint_id, event_id, status,
                                       next_attempt_at, created_at, updated_at)
       select institution_id, livemode, id, endpoint_id, event_id, 'pending', now(), now(), now()
         from jsonb_to_recordset($1) as delivery(institution_id text, livemode boolean, id text,
              endpoint_id text, event_id text)
       on conflict (institution_id, livemode, endpoint_id, event_id) do nothing`,
      [JSON.stringify(deliveries)],
    )
  }

  async markRelayed(tx: Transaction, events: readonly UnrelayedEvent[]): Promise<void> {
    await tx.query(
      `update events set relayed_at = now()
         from (select distinct institution_id, livemode, event_id
                 from jsonb_to_recordset($1) as relayed(institution_id text, livemode boolean,
                      event_id text)) as relayed
        where events.institution_id = relayed.institution_id
          and events.livemode = relayed.livemode and events.id = relayed.event_id`,
      [JSON.stringify(events)],
    )
  }
}
