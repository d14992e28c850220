import { z } from 'zod'
import { Id, listOf, listQuery, objectFields, wireTime } from '../../../infra/http/wire.schema.js'
import { EVENT_TYPES, type StoredEvent } from './event.types.js'

/** How long a listener may wait for the next event. */
export const WAIT_SECONDS_MAX = 30

export const EventType = z.enum(EVENT_TYPES).meta({ id: 'EventType' })

export const Event = z
  .object({
    ...objectFields('evt', 'event'),
    type: EventType,
    api_version: z.string().max(10).describe('The dated version in which data.object is written.'),
    request_id: z
      .string()
      .max(64)
      .nullable()
      .describe(
        'Your call that caused it, as in the request log; null when a payer, a channel or time did.',
      ),
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

/** An event to go on from, or the end of what there is. */
const After = z
  .string()
  .max(40)
  .regex(/^(now|evt_[0-7][0-9a-hjkmnp-tv-z]{25})$/, 'must be the id of an event, or now')

export const EventListQuery = listQuery('evt', {
  type: z.enum(EVENT_TYPES).optional(),
  request_id: z.string().min(1).max(64).optional().describe('What one call of yours caused.'),
  object_id: z.string().min(1).max(64).optional().describe('What happened to one object.'),
  order: z
    .enum(['desc', 'asc'])
    .optional()
    .describe(
      'desc, also when absent: newest first, by time. asc: the order for listeners, in which no event ever appears before one that was read; next_cursor is then always where to go on.',
    ),
  after: After.optional().describe(
    'With order=asc: only what comes after this event; now: only what is still to come.',
  ),
  wait_seconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(WAIT_SECONDS_MAX)
    .optional()
    .describe('With order=asc: how long to wait for the next event when there is none yet.'),
})
  .refine(({ order, after }) => order === 'asc' || after === undefined, {
    path: ['after'],
    error: 'needs order=asc',
  })
  .refine(({ order, wait_seconds }) => order === 'asc' || wait_seconds === undefined, {
    path: ['wait_seconds'],
    error: 'needs order=asc',
  })
export type EventListQuery = z.infer<typeof EventListQuery>

export const ResendEvent = z
  .strictObject({
    endpoint: Id('whk')
      .optional()
      .describe('Only to this one, also when it does not want the type. Absent: to all that do.'),
  })
  .meta({ id: 'ResendEvent' })
export type ResendEvent = z.infer<typeof ResendEvent>

export function toWireEvent(row: StoredEvent): WireEvent {
  return {
    id: row.id,
    object: 'event',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    metadata: {},
    type: row.type,
    api_version: row.api_version,
    request_id: row.request_id,
    data: { object: row.object },
  }
}
