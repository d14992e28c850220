import { z } from 'zod'
import { Id, objectFields, Timestamp, wireTime } from '../../../infra/http/wire.schema.js'
import { EventType } from '../events/event.schema.js'
import { EVENT_TYPES } from '../events/event.types.js'
import type { WebhookResendRow } from './resend.repository.js'

const EventTypes = z.array(EventType).max(EVENT_TYPES.length)
const OnlyFailed = z
  .boolean()
  .describe(
    'true: those that were given up, were cancelled or wait for another try, and those that were never sent because the endpoint was disabled or not there yet. false: all of them.',
  )

export const ResendEvents = z
  .strictObject({
    from: Timestamp.describe('Events that were created at this time or later,'),
    to: Timestamp.describe('and before this one.'),
    event_types: EventTypes.default([]).describe('Empty: those that the endpoint wants.'),
    only_failed: OnlyFailed.default(true),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: 'must be later than from',
  })
  .meta({ id: 'ResendEvents' })
export type ResendEvents = z.infer<typeof ResendEvents>

export const WebhookResend = z
  .object({
    ...objectFields('rsd', 'webhook_resend'),
    endpoint_id: Id('whk'),
    from: Timestamp,
    to: Timestamp,
    event_types: EventTypes,
    only_failed: OnlyFailed,
    status: z
      .enum(['running', 'finished', 'stopped'])
      .describe('finished: all of them are on their way. stopped: the endpoint was disabled.'),
    event_count: z.int().min(0).describe('How many events there were to send when it began.'),
    sent_count: z.int().min(0).describe('How many are on their way so far.'),
  })
  .meta({ id: 'WebhookResend', description: 'Events of a time, sent to an endpoint again.' })

export type WireWebhookResend = Omit<z.infer<typeof WebhookResend>, 'event_types' | 'status'> & {
  event_types: readonly string[]
  status: string
}

export function toWireResend(row: WebhookResendRow): WireWebhookResend {
  return {
    id: row.id,
    object: 'webhook_resend',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    metadata: {},
    endpoint_id: row.endpoint_id,
    from: wireTime(row.from_time),
    to: wireTime(row.to_time),
    event_types: row.event_types,
    only_failed: row.only_failed,
    status: row.status,
    event_count: row.event_count,
    sent_count: row.sent_count,
  }
}
