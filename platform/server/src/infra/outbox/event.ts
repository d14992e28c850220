import { newId } from '../../kernel/id.js'
import { VERSION_HISTORY } from '../../versions/versions.js'
import type { Transaction } from '../database/database.js'
import { causeFor } from './event-cause.js'

/** A state change as the API and webhooks tell it. `object` is the newest wire form right after the change. */
export interface NewEvent {
  readonly institution_id: string
  readonly livemode: boolean
  readonly app_id: string
  readonly type: string
  /** Of the app that is told. */
  readonly api_version: string
  readonly object: object
}

/**
 * Writes events in the transaction of the change itself: either both are there or neither is. The relay
 * turns them into webhook deliveries later (transactional outbox).
 */
export async function appendEvents(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const rows = events.map((event) => ({
    ...event,
    // Once and for all: a webhook that is sent again, and the API a year later, say the same.
    object: VERSION_HISTORY.asOf(event.api_version, event.object),
    id: newId('evt'),
    object_id: 'id' in event.object && typeof event.object.id === 'string' ? event.object.id : null,
    request_id: causeFor(event.app_id),
    created_at: new Date(),
  }))
  await tx.query(
    `insert into events (institution_id, livemode, id, app_id, type, api_version, object, object_id,
                         request_id, created_at)
     select institution_id, livemode, id, app_id, type, api_version, object, object_id, request_id,
            created_at
       from jsonb_to_recordset($1) as event(institution_id text, livemode boolean, id text,
            app_id text, type text, api_version text, object jsonb, object_id text,
            request_id text, created_at timestamptz)`,
    [JSON.stringify(rows)],
  )
}
