import { z } from 'zod'
import { APP_ROLES, DEPARTMENT_ROLES, PERMISSIONS, ROLES } from '../../../infra/http/roles.js'
import { Id, objectFields, Timestamp } from '../../../infra/http/wire.schema.js'

/** More apps than that are found by searching, not by choosing from a list. */
export const SESSION_APPS_MAX = 200

export const RoleName = z.enum(ROLES)
export const DepartmentRoleName = z.enum(DEPARTMENT_ROLES)
export const AppRoleName = z.enum(APP_ROLES)

const ScopeList = z.array(z.string().max(100)).max(100)

export const SessionApp = z
  .object({
    app: Id('app'),
    name: z.string().max(200),
    department: Id('dept'),
    department_name: z.string().max(200),
    modes: z
      .array(z.enum(['test', 'live']))
      .max(2)
      .describe('Those in which you may do something.'),
    scopes: z
      .object({ test: ScopeList, live: ScopeList })
      .describe('What your roles allow with this app, in each mode.'),
  })
  .meta({ id: 'SessionApp' })
export type SessionApp = z.infer<typeof SessionApp>

export const Session = z
  .object({
    ...objectFields('ses', 'session'),
    operator: z.object({
      id: Id('opr'),
      login: z.string().max(200),
      name: z.string().max(200),
      institution: Id('inst'),
      institution_name: z.string().max(200),
    }),
    roles: z.array(RoleName).max(20).describe('Held in the whole institution, in this session.'),
    departments: z
      .array(z.object({ department: Id('dept'), role: DepartmentRoleName }))
      .max(1000)
      .describe('Roles held in single departments.'),
    permissions: z
      .array(z.enum(PERMISSIONS))
      .max(50)
      .describe('What you may decide somewhere. Where exactly, the call itself will say.'),
    apps: z.array(SessionApp).max(SESSION_APPS_MAX).describe('Newest first.'),
    has_more_apps: z.boolean(),
    csrf_token: z.string().max(100).describe('For the header Bursar-Csrf of every write.'),
    authenticated_at: Timestamp,
    step_up: z.object({
      method: z
        .enum(['otp', 'password', 'sign_in'])
        .describe('What POST /v1/session/step_up takes from you; sign_in: sign in anew instead.'),
      fresh_until: Timestamp.describe('Until then calls that need a fresh proof are open to you.'),
    }),
    second_factor: z.object({
      is_required: z.boolean().describe('One of your roles asks for it.'),
      is_enrolled: z.boolean(),
      is_proven: z
        .boolean()
        .describe(
          'False: roles that ask for it are not in this session, or reach test mode alone.',
        ),
    }),
    is_demo: z.boolean().describe('The demo institution: nothing in it is real.'),
    expires_at: Timestamp.describe('The end, however busy you are.'),
    idle_seconds: z.int().min(0).max(86_400).describe('The end when you do nothing for so long.'),
  })
  .meta({ id: 'Session', description: 'Who is signed in, and what they may do where.' })
export type Session = z.infer<typeof Session>
