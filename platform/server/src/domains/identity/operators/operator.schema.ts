import { z } from 'zod'
import { isAppRole, isDepartmentRole, isRole } from '../../../infra/http/roles.js'
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
import type { OperatorRow } from './operator.repository.js'
import { AppRoleName, DepartmentRoleName, RoleName } from './session.schema.js'

export const MEMBERSHIPS_MAX = 100

export const Roles = z.array(RoleName).max(20)
export const DepartmentRoles = z
  .array(z.object({ department: Id('dept'), role: DepartmentRoleName }))
  .max(MEMBERSHIPS_MAX)
export const AppRoles = z
  .array(z.object({ app: Id('app'), role: AppRoleName }))
  .max(MEMBERSHIPS_MAX)

/** How somebody names themselves when they sign in: an address, or a number of the institution. */
export const Login = z
  .string()
  .trim()
  .toLowerCase()
  .min(3)
  .max(200)
  .regex(/^[^\s\p{Cc}<>"']+$/u)
  .describe('An e-mail address, or whatever your identity provider calls people by.')

export const Operator = z
  .object({
    ...objectFields('opr', 'operator'),
    login: z.string().max(200),
    name: z.string().max(200),
    roles: Roles.describe('Held in the whole institution.'),
    departments: DepartmentRoles.describe('Roles held in single departments.'),
    apps: AppRoles.describe('Apps this person is a member of.'),
    status: z.enum(['active', 'disabled']),
    disabled_at: Timestamp.nullable(),
    has_password: z.boolean().describe('False: signs in at your own identity provider alone.'),
    has_second_factor: z.boolean(),
    last_seen_at: Timestamp.nullable(),
  })
  .meta({ id: 'Operator', description: 'A person who works with the platform.' })
export type Operator = z.infer<typeof Operator>

export const OperatorList = listOf(Operator).meta({ id: 'OperatorList' })
export const OperatorListQuery = listQuery('opr', {
  login: Login.optional(),
  status: z.enum(['active', 'disabled']).optional(),
})
export type OperatorListQuery = z.infer<typeof OperatorListQuery>

export const UpdateOperator = z
  .strictObject({
    name: Text(200).optional(),
    roles: Roles.optional().describe('All of them: what is missing here is taken away.'),
    departments: DepartmentRoles.optional().describe('All of them, likewise.'),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdateOperator' })
export type UpdateOperator = z.infer<typeof UpdateOperator>

export function toWireOperator(row: OperatorRow, livemode: boolean): Operator {
  return {
    id: row.id,
    object: 'operator',
    livemode,
    created_at: wireTime(row.created_at),
    login: row.login,
    name: row.name,
    roles: row.roles.filter(isRole),
    departments: row.departments.flatMap(([department, role]) =>
      isDepartmentRole(role) ? [{ department, role }] : [],
    ),
    apps: row.apps.flatMap(([app, role]) => (isAppRole(role) ? [{ app, role }] : [])),
    status: row.disabled_at === null ? 'active' : 'disabled',
    disabled_at: wireTimeOrNull(row.disabled_at),
    has_password: row.has_password,
    has_second_factor: row.has_totp,
    last_seen_at: wireTimeOrNull(row.last_seen_at),
    metadata: wireMetadata(row.metadata),
  }
}
