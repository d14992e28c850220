// Hot path: plain SQL, four round trips for a whole batch.

import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../../infra/database/database.js'

/** An event that waits for its deliveries, with one endpoint that wants it (or none at all). */
export interface UnrelayedEvent {
  readonly institution_id: string
  readonly livemode: boolean
  readonly app_id: string
  readonly event_id: string
  readonly event_type: string
  readonly endpoint_id: string | null
}

export interface NewDelivery {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly endpoint_id: string
  readonly event_id: string
  readonly event_type: string
}

/** An advisory lock of its own; worker-locks.ts has the class before it. */
const RELAY_LOCK = [7_002, 1] as const
/** A relay that is frozen between two statements would hold up all others for as long. */
const FROZEN_AFTER = '10s'

@Injectable()
export class EventRelayRepository {
  /**
   * The right to give positions, until the transaction ends; false when another relay has it. PostgreSQL frees
   * the lock after it has made the commit visible: whoever takes it next gives higher positions, and no
   * reader ever sees a position appear below one that it has seen.
   */
  async lock(tx: Transaction): Promise<boolean> {
    const [row] = await tx.query<{ is_mine: boolean }>(
      `select pg_try_advisory_xact_lock($1, $2) as is_mine,
              set_config('idle_in_transaction_session_timeout', $3, true)`,
      [...RELAY_LOCK, FROZEN_AFTER],
    )
    return row?.is_mine === true
  }

  /** The oldest events without a position, of all institutions, and who wants them. */
  take(tx: Transaction, batchSize: number): Promise<UnrelayedEvent[]> {
    return tx.query<UnrelayedEvent>(
      `with batch as (
         select institution_id, livemode, id, app_id, type, written_no from events
          where position is null order by written_no limit $1 for update
       )
       select batch.institution_id, batch.livemode, batch.app_id, batch.id as event_id,
              batch.type as event_type, endpoint.id as endpoint_id
         from batch left join webhook_endpoints endpoint
           on endpoint.institution_id = batch.institution_id
          and endpoint.livemode = batch.livemode and endpoint.app_id = batch.app_id
          and endpoint.status = 'enabled'
          and (endpoint.event_types = '{}' or batch.type = any (endpoint.event_types))
        order by batch.written_no`,
      [batchSize],
    )
  }

  async insertDeliveries(tx: Transaction, deliveries: readonly NewDelivery[]): Promise<void> {
    if (deliveries.length === 0) return
    await tx.query(
      `insert into webhook_deliveries (institution_id, livemode, id, app_id, endpoint_id, event_id,
                                       event_type, status, next_attempt_at, created_at, updated_at)
       select institution_id, livemode, id, app_id, endpoint_id, event_id, event_type, 'pending',
              now(), now(), now()
         from jsonb_to_recordset($1) as delivery(institution_id text, livemode boolean, id text,
              app_id text, endpoint_id text, event_id text, event_type text)
       on conflict (institution_id, livemode, endpoint_id, event_id) do nothing`,
      [JSON.stringify(deliveries)],
    )
  }

  /** Gives each its position, in the order in which they are given here. */
  async markRelayed(tx: Transaction, events: readonly UnrelayedEvent[]): Promise<void> {
    const once = new Map(events.map((event) => [event.event_id, event]))
    const rows = [...once.values()].map(({ institution_id, livemode, event_id }, order) => ({
      ...{ institution_id, livemode, event_id, order },
    }))
    await tx.query(
      `with relayed as materialized (
         select institution_id, livemode, event_id, nextval('events_position_seq') as position
           from (select * from jsonb_to_recordset($1) as relayed(institution_id text,
                        livemode boolean, event_id text, "order" int) order by "order") as relayed
       )
       update events set relayed_at = now(), position = relayed.position
         from relayed
        where events.institution_id = relayed.institution_id
          and events.livemode = relayed.livemode and events.id = relayed.event_id`,
      [JSON.stringify(rows)],
    )
  }
}
