import { z } from 'zod'
import { isRole } from '../../../infra/http/roles.js'
import {
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
import type { InvitationRow } from './invitation.repository.js'
import { AppRoles, DepartmentRoles, Login, Roles } from './operator.schema.js'

export const CreateInvitation = z
  .strictObject({
    login: Login,
    name: Text(200),
    roles: Roles.default([]),
    departments: DepartmentRoles.default([]),
    apps: AppRoles.default([]),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'CreateInvitation' })
export type CreateInvitation = z.infer<typeof CreateInvitation>

export const Invitation = z
  .object({
    ...objectFields('inv', 'invitation'),
    login: z.string().max(200),
    name: z.string().max(200),
    roles: Roles,
    departments: DepartmentRoles,
    apps: AppRoles,
    status: z.enum(['open', 'accepted', 'revoked', 'expired']),
    created_by: z.string().max(64),
    expires_at: Timestamp,
    accepted_at: Timestamp.nullable(),
    operator: z.string().max(64).nullable().describe('Who they became.'),
    acceptance_link: z
      .string()
      .max(500)
      .nullable()
      .describe('Only in the answer that made it: hand it to this person, and to nobody else.'),
  })
  .meta({ id: 'Invitation', description: 'A person who was asked to join.' })
export type Invitation = z.infer<typeof Invitation>

export const InvitationList = listOf(Invitation).meta({ id: 'InvitationList' })
export const InvitationListQuery = listQuery('inv', {})
export type InvitationListQuery = z.infer<typeof InvitationListQuery>

export function toWireInvitation(
  row: InvitationRow,
  livemode: boolean,
  now: Date,
  link: string | null = null,
): Invitation {
  return {
    id: row.id,
    object: 'invitation',
    livemode,
    created_at: wireTime(row.created_at),
    login: row.login,
    name: row.name,
    roles: row.roles.filter(isRole),
    departments: [...row.departments],
    apps: [...row.apps],
    status: statusOf(row, now),
    created_by: row.created_by,
    expires_at: wireTime(row.expires_at),
    accepted_at: wireTimeOrNull(row.accepted_at),
    operator: row.operator_id,
    acceptance_link: link,
    metadata: wireMetadata(row.metadata),
  }
}

export function statusOf(
  row: Pick<InvitationRow, 'accepted_at' | 'revoked_at' | 'expires_at'>,
  now: Date,
): Invitation['status'] {
  if (row.accepted_at !== null) return 'accepted'
  if (row.revoked_at !== null) return 'revoked'
  return row.expires_at <= now ? 'expired' : 'open'
}
