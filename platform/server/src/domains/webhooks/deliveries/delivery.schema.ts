import { z } from 'zod'
import {
  Id,
  listOf,
  listQuery,
  objectFields,
  Timestamp,
  wireTime,
  wireTimeOrNull,
} from '../../../infra/http/wire.schema.js'
import { EventType } from '../events/event.schema.js'
import { problemOf } from './attempt-problem.rules.js'
import { DELIVERY_STATUSES } from './delivery.state.js'
import type { ListedDelivery } from './delivery-list.repository.js'

const Status = z.enum(DELIVERY_STATUSES)
const Headers = z.record(z.string(), z.string().max(16_384))

const AttemptProblem = z
  .object({
    code: z.string().max(40).describe('For programs; expect more to come.'),
    en: z.string().max(500).describe('What it means and what to do, in words.'),
    zh: z.string().max(500),
  })
  .meta({ id: 'WebhookAttemptProblem' })

const WebhookAttempt = z
  .object({
    position: z.int().min(1).describe('1 for the first try.'),
    url: z.string().max(2048),
    request_headers: Headers,
    request_body: z.string().max(1_048_576),
    response_status: z.int().nullable().describe('null: there was no answer; see error.'),
    response_headers: Headers.nullable(),
    response_body: z.string().max(16_384).nullable().describe('The first 16 KiB.'),
    error: z.string().max(1000).nullable().describe('Why there was no answer.'),
    cause: z
      .enum(['first', 'retry', 'resend'])
      .describe('resend: somebody asked for it; the schedule began anew with it.'),
    problem: AttemptProblem.nullable().describe(
      'What was wrong with the answer; null after a 2xx.',
    ),
    duration_ms: z.int().min(0),
    attempted_at: Timestamp,
  })
  .meta({ id: 'WebhookAttempt' })

export const WebhookDelivery = z
  .object({
    ...objectFields('dlv', 'webhook_delivery'),
    endpoint_id: Id('whk'),
    event_id: Id('evt'),
    event_type: EventType,
    status: Status,
    attempt_count: z.int().min(0),
    next_attempt_at: Timestamp.nullable().describe('null: there will be no further try.'),
    attempts: z.array(WebhookAttempt).max(1000).describe('Every try, oldest first.'),
  })
  .meta({ id: 'WebhookDelivery', description: 'One event on its way to one endpoint.' })

/** As answered: a stored type and status are told as they are. */
export type WireWebhookDelivery = Omit<z.infer<typeof WebhookDelivery>, 'event_type' | 'status'> & {
  event_type: string
  status: string
}

export const WebhookDeliveryList = listOf(WebhookDelivery).meta({ id: 'WebhookDeliveryList' })

export const DeliveryListQuery = listQuery('dlv', {
  status: Status.optional(),
  event_id: Id('evt').optional(),
})
export const AppDeliveryListQuery = listQuery('dlv', {
  status: Status.optional(),
  event_id: Id('evt').optional(),
  event_type: EventType.optional(),
  endpoint_id: Id('whk').optional(),
})
export type AppDeliveryListQuery = z.infer<typeof AppDeliveryListQuery>

export type DeliveryListQuery = z.infer<typeof DeliveryListQuery>

export function toWireWebhookDelivery(row: ListedDelivery): WireWebhookDelivery {
  return {
    id: row.id,
    object: 'webhook_delivery',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    metadata: {},
    endpoint_id: row.endpoint_id,
    event_id: row.event_id,
    event_type: row.event_type,
    status: row.status,
    attempt_count: row.attempt_count,
    next_attempt_at: wireTimeOrNull(row.next_attempt_at),
    attempts: row.attempts.map((attempt) => ({
      position: attempt.position,
      url: attempt.url,
      request_headers: Headers.parse(attempt.request_headers),
      request_body: attempt.request_body,
      response_status: attempt.response_status,
      response_headers: Headers.nullable().parse(attempt.response_headers),
      response_body: attempt.response_body,
      error: attempt.error,
      cause: attempt.is_resend ? 'resend' : attempt.position === 1 ? 'first' : 'retry',
      problem: problemOf(attempt),
      duration_ms: attempt.duration_ms,
      attempted_at: wireTime(attempt.attempted_at),
    })),
  }
}
