import { z } from 'zod'
import {
  Id,
  listOf,
  listQuery,
  Metadata,
  objectFields,
  Text,
  Timestamp,
  wireMetadata,
  wireTime,
  wireTimeOrNull,
} from '../../../infra/http/wire.schema.js'
import { EventType } from '../events/event.schema.js'
import { EVENT_TYPES } from '../events/event.types.js'
import type { WebhookEndpointRow } from './webhook-endpoint.types.js'

const Url = z
  .string()
  .min(1)
  .max(2048)
  .describe('https to a public address; in test mode also http to localhost.')
const EventTypes = z
  .array(EventType)
  .max(EVENT_TYPES.length)
  .refine((types) => new Set(types).size === types.length, 'must not name a type twice')
  .describe('The types it wants; empty means all, also those of the future.')
const Description = Text(500).describe('For people.')
const Note = Text(500)
const Status = z.enum(['enabled', 'disabled'])

export const WebhookEndpoint = z
  .object({
    ...objectFields('whk', 'webhook_endpoint'),
    url: Url,
    description: Description.nullable(),
    event_types: EventTypes,
    status: Status,
    disabled_reason: z
      .enum(['requested', 'gone', 'exhausted'])
      .nullable()
      .describe(
        'requested: by you. gone: it answered 410. exhausted: deliveries were given up for five days, and none was accepted. Expect more reasons to come.',
      ),
    disabled_note: Note.nullable().describe('Why, in words.'),
    disabled_at: Timestamp.nullable(),
    failing_since: Timestamp.nullable().describe(
      'When a delivery was first given up after all its tries, with none accepted since.',
    ),
    secret_rotated_at: Timestamp.nullable(),
    old_secrets_expire_at: Timestamp.nullable().describe(
      'Until then, secrets that were replaced sign as well; null: only the present one does.',
    ),
    verified_at: Timestamp.nullable().describe(
      'When the receiver passed its grading (test mode). A new URL or secret takes it back.',
    ),
    secret: z
      .string()
      .max(100)
      .optional()
      .describe(
        'whsec_…, for verifying signatures. Only in the answer that creates the endpoint or rotates its secret.',
      ),
  })
  .meta({ id: 'WebhookEndpoint', description: 'A URL of yours that is told of events.' })

/** As answered: stored types and reasons are told as they are. */
export type WireWebhookEndpoint = Omit<
  z.infer<typeof WebhookEndpoint>,
  'event_types' | 'status' | 'disabled_reason'
> & { event_types: readonly string[]; status: string; disabled_reason: string | null }

export const WebhookEndpointList = listOf(WebhookEndpoint).meta({ id: 'WebhookEndpointList' })

export const CreateWebhookEndpoint = z
  .strictObject({
    url: Url,
    description: Description.optional(),
    event_types: EventTypes.default([]),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'CreateWebhookEndpoint' })
export type CreateWebhookEndpoint = z.infer<typeof CreateWebhookEndpoint>

export const UpdateWebhookEndpoint = z
  .strictObject({
    url: Url.optional(),
    description: Description.nullable().optional(),
    event_types: EventTypes.optional(),
    status: Status.optional().describe('disabled cancels what is still waiting to be delivered.'),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdateWebhookEndpoint' })
export type UpdateWebhookEndpoint = z.infer<typeof UpdateWebhookEndpoint>

export const DisableWebhookEndpoint = z
  .strictObject({ reason: Note.optional().describe('For people; shown as disabled_note.') })
  .meta({ id: 'DisableWebhookEndpoint' })
export type DisableWebhookEndpoint = z.infer<typeof DisableWebhookEndpoint>

const KEEP_SECONDS_DEFAULT = 24 * 60 * 60
const KEEP_SECONDS_MAX = 7 * KEEP_SECONDS_DEFAULT

export const RotateWebhookSecret = z
  .strictObject({
    keep_old_seconds: z
      .int()
      .min(0)
      .max(KEEP_SECONDS_MAX)
      .default(KEEP_SECONDS_DEFAULT)
      .describe('How long the secret so far signs as well: a day; at most seven days, 0 for none.'),
  })
  .meta({ id: 'RotateWebhookSecret' })
export type RotateWebhookSecret = z.infer<typeof RotateWebhookSecret>

export const WebhookEndpointListQuery = listQuery('whk', { status: Status.optional() })
export type WebhookEndpointListQuery = z.infer<typeof WebhookEndpointListQuery>

export const DeletedWebhookEndpoint = z
  .object({ id: Id('whk'), object: z.literal('webhook_endpoint'), deleted: z.literal(true) })
  .meta({ id: 'DeletedWebhookEndpoint' })
export type DeletedWebhookEndpoint = z.infer<typeof DeletedWebhookEndpoint>

export function toWireWebhookEndpoint(row: WebhookEndpointRow): WireWebhookEndpoint {
  return {
    id: row.id,
    object: 'webhook_endpoint',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    metadata: wireMetadata(row.metadata),
    url: row.url,
    description: row.description,
    event_types: row.event_types,
    status: row.status,
    disabled_reason: row.disabled_reason,
    disabled_note: row.disabled_note,
    disabled_at: wireTimeOrNull(row.disabled_at),
    failing_since: wireTimeOrNull(row.failing_since),
    secret_rotated_at: wireTimeOrNull(row.secret_rotated_at),
    old_secrets_expire_at: wireTimeOrNull(future(row.old_secrets_expire_at)),
    verified_at: wireTimeOrNull(row.verified_at),
  }
}

/** By this machine's clock, which is good enough for showing; what signs is decided by the database's. */
function future(moment: Date | null): Date | null {
  return moment && moment.getTime() > Date.now() ? moment : null
}
