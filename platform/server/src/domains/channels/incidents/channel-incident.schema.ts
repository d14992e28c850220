import { z } from 'zod'
import { Id, listOf, listQuery, objectFields, wireTime } from '../../../infra/http/wire.schema.js'
import type { ChannelIncidentRow } from './channel-incident.types.js'
import { INCIDENT_KINDS } from './channel-incident.types.js'

export const ChannelIncident = z
  .object({
    ...objectFields('inc', 'channel_incident'),
    account: Id('cha'),
    kind: z
      .enum(INCIDENT_KINDS)
      .describe(
        'answer_unreadable: an answer that fits nothing we know. notification_refused: not from the provider, or altered. disagreement: it tells something else than our books.',
      ),
    reason: z.string().max(500),
    excerpt: z
      .string()
      .max(4096)
      .nullable()
      .describe('The beginning of what came, base64. It may hold anything: handle it with care.'),
    length: z.int().min(0).describe('Bytes of all that came.'),
    suppressed: z
      .int()
      .min(0)
      .describe('How many of this kind were not kept before this one, because they were too many.'),
  })
  .meta({ id: 'ChannelIncident' })
export type ChannelIncident = z.infer<typeof ChannelIncident>

export const ChannelIncidentList = listOf(ChannelIncident).meta({ id: 'ChannelIncidentList' })

export const ChannelIncidentListQuery = listQuery('inc', {
  kind: z.enum(INCIDENT_KINDS).optional(),
})
export type ChannelIncidentListQuery = z.infer<typeof ChannelIncidentListQuery>

const Kind = z.enum(INCIDENT_KINDS)

/** @param excerpt opened */
export function toWireIncident(row: ChannelIncidentRow, excerpt: string | null): ChannelIncident {
  return {
    id: row.id,
    object: 'channel_incident',
    livemode: row.livemode,
    account: row.account_id,
    kind: Kind.parse(row.kind),
    reason: row.reason,
    excerpt,
    length: row.length,
    suppressed: row.suppressed,
    created_at: wireTime(row.created_at),
    metadata: {},
  }
}
