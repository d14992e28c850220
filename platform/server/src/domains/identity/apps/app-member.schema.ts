import { z } from 'zod'
import { APP_ROLES } from '../../../infra/http/roles.js'
import { Id, Timestamp, wireTime } from '../../../infra/http/wire.schema.js'

/** As many as the list of an app's members tells. */
export const APP_MEMBERS_MAX = 200

const Role = z
  .enum(APP_ROLES)
  .describe('owner: answers for it. developer: works with it in test mode. viewer: looks.')

export const AppMember = z
  .object({
    object: z.literal('app_member'),
    app: Id('app'),
    operator: Id('opr'),
    login: z.string().max(200),
    name: z.string().max(200),
    role: Role,
    created_at: Timestamp,
  })
  .meta({ id: 'AppMember', description: 'A person who works with an app.' })
export type AppMember = z.infer<typeof AppMember>

export const AppMemberList = z
  .object({ object: z.literal('list'), data: z.array(AppMember).max(APP_MEMBERS_MAX) })
  .meta({ id: 'AppMemberList' })
export type AppMemberList = z.infer<typeof AppMemberList>

export const AddAppMember = z
  .strictObject({
    login: z
      .string()
      .min(1)
      .max(200)
      .describe('With which the person signs in. Who has no account yet has to be invited first.'),
    role: Role,
  })
  .meta({ id: 'AddAppMember' })
export type AddAppMember = z.infer<typeof AddAppMember>

export const UpdateAppMember = z.strictObject({ role: Role }).meta({ id: 'UpdateAppMember' })
export type UpdateAppMember = z.infer<typeof UpdateAppMember>

export const RemovedAppMember = z
  .object({
    object: z.literal('app_member'),
    app: Id('app'),
    operator: Id('opr'),
    deleted: z.literal(true),
  })
  .meta({ id: 'RemovedAppMember' })
export type RemovedAppMember = z.infer<typeof RemovedAppMember>

export function toWireAppMember(
  app: string,
  row: {
    readonly operator_id: string
    readonly login: string
    readonly name: string
    readonly role: string
    readonly created_at: Date
  },
): AppMember {
  return {
    ...{ object: 'app_member', app, operator: row.operator_id },
    ...{ login: row.login, name: row.name, role: Role.parse(row.role) },
    created_at: wireTime(row.created_at),
  }
}
