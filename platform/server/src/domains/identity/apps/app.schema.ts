import { z } from 'zod'
import { PERMISSIONS, type PermissionName } from '../../../infra/http/roles.js'
import { SCOPES } from '../../../infra/http/scopes.js'
import {
  Id,
  listOf,
  listQuery,
  Metadata,
  Text,
  Timestamp,
  wireMetadata,
  wireTime,
  wireTimeOrNull,
} from '../../../infra/http/wire.schema.js'
import { Scope } from '../api-key.schema.js'
import {
  type AppRow,
  LIVE_REQUEST_STATUSES,
  LIVE_STATUSES,
  type LiveRequestRow,
} from './app.types.js'

const Words = (max: number) => Text(max).refine((text) => text.trim() !== '', 'must not be blank')
const Name = Words(100).describe('What the app is called.')
const Purpose = Words(1000).describe('What it is for, in a sentence or two.')
const Contact = Words(200).describe('Whom to ask: a name, with a telephone number or an address.')
const Reason = Words(500)
const Scopes = z
  .array(Scope)
  .min(1)
  .max(SCOPES.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
/** A person, a key, or the command line. */
const Actor = z.string().max(40).describe('Who did it: opr_… for a person.')

export const LiveRequest = z
  .object({
    id: Id('lrq'),
    object: z.literal('live_request'),
    status: z.enum(LIVE_REQUEST_STATUSES),
    scopes: z.array(Scope).max(SCOPES.length).describe('What it wants to do in live mode.'),
    purpose: Purpose,
    contact: Contact,
    requested_by: Actor,
    created_at: Timestamp,
    decided_by: Actor.nullable(),
    decided_at: Timestamp.nullable(),
    decision_reason: z.string().max(500).nullable(),
  })
  .meta({ id: 'LiveRequest', description: 'Somebody asks that an app may work in live mode.' })

const LiveAccess = z
  .object({
    status: z
      .enum(LIVE_STATUSES)
      .describe(
        'approved: it may have live keys. suspended: it had that, and its live keys are refused.',
      ),
    scopes: z.array(Scope).max(SCOPES.length).describe('What its live keys may do.'),
    changed_at: Timestamp.nullable(),
    changed_by: Actor.nullable(),
    reason: z.string().max(500).nullable(),
    request: LiveRequest.nullable().describe('The last one: it may wait for a decision.'),
  })
  .meta({ id: 'LiveAccess' })

export const App = z
  .object({
    id: Id('app'),
    object: z.literal('app'),
    created_at: Timestamp,
    updated_at: Timestamp,
    metadata: Metadata,
    name: Name,
    purpose: Purpose.nullable(),
    department: Id('dept'),
    department_name: z.string().max(200),
    scopes: z
      .array(Scope)
      .max(SCOPES.length)
      .describe('What it may do in test mode. A key may do less, and never more.'),
    api_version: z.string().max(40),
    live_access: LiveAccess,
    created_by: Actor.nullable(),
    permissions: z
      .array(z.enum(PERMISSIONS))
      .max(PERMISSIONS.length)
      .describe('What the calling person may decide about it; empty for programs.'),
  })
  .meta({ id: 'App', description: 'A client of the API. It is one and the same in both modes.' })

/** As answered: stored scopes are told as they are. */
type ToldScopes<T> = Omit<T, 'scopes'> & { scopes: readonly string[] }
export type WireLiveRequest = ToldScopes<z.infer<typeof LiveRequest>>
export type WireApp = ToldScopes<Omit<z.infer<typeof App>, 'live_access' | 'permissions'>> & {
  live_access: ToldScopes<Omit<z.infer<typeof LiveAccess>, 'request'>> & {
    request: WireLiveRequest | null
  }
  permissions: readonly PermissionName[]
}

export const AppList = listOf(App).meta({ id: 'AppList' })
export const AppListQuery = listQuery('app', {
  department: Id('dept').optional(),
  live_status: z.enum(LIVE_STATUSES).optional(),
  live_request: z
    .enum(['open', 'none'])
    .optional()
    .describe('open: somebody has to decide. none: nobody has to.'),
})
export type AppListQuery = z.infer<typeof AppListQuery>

export const CreateApp = z
  .strictObject({
    name: Name,
    purpose: Purpose,
    department: Id('dept').describe('Whose app it is: its money settles there.'),
    scopes: Scopes.describe('What it may do. More can be added later.'),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'CreateApp' })
export type CreateApp = z.infer<typeof CreateApp>

export const UpdateApp = z
  .strictObject({
    name: Name.optional(),
    purpose: Purpose.optional(),
    scopes: Scopes.optional().describe(
      'Fewer: at once, in both modes. More: at once in test mode; in live mode after request_live was approved.',
    ),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdateApp' })
export type UpdateApp = z.infer<typeof UpdateApp>

export const RequestLive = z
  .strictObject({ purpose: Purpose, contact: Contact })
  .meta({ id: 'RequestLive' })
export type RequestLive = z.infer<typeof RequestLive>

export const ApproveLive = z
  .strictObject({ reason: Reason.nullable().optional() })
  .meta({ id: 'ApproveLive' })
export type ApproveLive = z.infer<typeof ApproveLive>

export const RefuseLive = z
  .strictObject({ reason: Reason.describe('Why, in words that help.') })
  .meta({ id: 'RefuseLive' })
export type RefuseLive = z.infer<typeof RefuseLive>

export function toWireLiveRequest(row: LiveRequestRow): WireLiveRequest {
  return {
    id: row.id,
    object: 'live_request',
    status: row.status,
    scopes: [...row.scopes],
    purpose: row.purpose,
    contact: row.contact,
    requested_by: row.requested_by,
    created_at: wireTime(row.created_at),
    decided_by: row.decided_by,
    decided_at: wireTimeOrNull(row.decided_at),
    decision_reason: row.decision_reason,
  }
}

export function toWireApp(
  row: AppRow,
  request: LiveRequestRow | null,
  permissions: readonly PermissionName[],
): WireApp {
  return {
    id: row.id,
    object: 'app',
    created_at: wireTime(row.created_at),
    updated_at: wireTime(row.updated_at),
    metadata: wireMetadata(row.metadata),
    name: row.name,
    purpose: row.purpose,
    department: row.department_id,
    department_name: row.department_name,
    scopes: [...row.scopes],
    api_version: row.api_version,
    live_access: {
      status: row.live_status,
      scopes: row.live_status === 'approved' ? [...row.live_scopes] : [],
      changed_at: wireTimeOrNull(row.live_changed_at),
      changed_by: row.live_changed_by,
      reason: row.live_reason,
      request: request && toWireLiveRequest(request),
    },
    created_by: row.created_by,
    permissions: [...permissions],
  }
}
