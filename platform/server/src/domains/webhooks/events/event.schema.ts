import { z } from 'zod'
import { listOf, listQuery, objectFields, wireTime } from '../../../infra/http/wire.schema.js'
import { EVENT_TYPES, type EventContent } from './event.types.js'

export const EventType = z.enum(EVENT_TYPES).meta({ id: 'EventType' })

export const Event = z
  .object({
    ...objectFields('evt', 'event'),
    type: EventType,
    api_version: z.string().max(10).describe('The dated version in which data.object is written.'),
    data: z
      .object({ object: z.record(z.string(), z.unknown()) })
      .describe('The object as it was right after the change.'),
  })
  .meta({ id: 'Event', description: 'Something that happened; webhooks carry the same id.' })

/** As answered: a stored type is told as it is, also when this version of the list lacks it. */
export type WireEvent = Omit<z.infer<typeof Event>, 'type' | 'data'> & {
  type: string
  data: { object: unknown }
}

export const EventList = listOf(Event).meta({ id: 'EventList' })

export const EventListQuery = listQuery('evt', { type: z.enum(EVENT_TYPES).optional() })
export type EventListQuery = z.infer<typeof EventListQuery>

export function toWireEvent(row: EventContent): WireEvent {
  return {
    id: row.id,
    object: 'event',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    metadata: {},
    type: row.type,
    api_version: row.api_version,
    data: { object: row.object },
  }
}
