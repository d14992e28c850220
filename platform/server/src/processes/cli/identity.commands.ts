import { AppLiveService } from '../../domains/identity/apps/app-live.service.js'
import { IdentityService } from '../../domains/identity/identity.service.js'
import { InvitationService } from '../../domains/identity/operators/invitation.service.js'
import { loginOf } from '../../domains/identity/operators/operator-credential.service.js'
import { isRole } from '../../infra/http/roles.js'
import { SCOPES } from '../../infra/http/scopes.js'
import { API_VERSION_LATEST } from '../../versions/versions.js'
import { withServices } from '../context.js'
import { listOption, readOptions, required, UsageError } from './arguments.js'
import type { Command } from './commands.js'

const text = { type: 'string' } as const

export const identityCommands: readonly Command[] = [
  {
    name: 'institution create',
    help: '--name text',
    async run(args, { config }) {
      const name = required(readOptions(args, { name: text }).values.name, 'name')
      const id = await withServices(config, (app) =>
        app.get(IdentityService).createInstitution(name),
      )
      console.log(JSON.stringify({ institution_id: id, name }))
    },
  },
  {
    name: 'department create',
    help: '--institution inst_… --name text',
    async run(args, { config }) {
      const { values } = readOptions(args, { institution: text, name: text })
      const institution_id = required(values.institution, 'institution')
      const name = required(values.name, 'name')
      const id = await withServices(config, (app) =>
        app.get(IdentityService).createDepartment(institution_id, name),
      )
      console.log(JSON.stringify({ institution_id, department_id: id, name }))
    },
  },
  {
    name: 'operator invite',
    help: '--institution inst_… --login text --name text [--roles platform_admin,…]',
    async run(args, { config, platform }) {
      const { values } = readOptions(args, {
        institution: text,
        login: text,
        name: text,
        roles: text,
      })
      const institution = required(values.institution, 'institution')
      const roles = listOption(values.roles) ?? ['platform_admin']
      const unknown = roles.filter((role) => !isRole(role))
      if (unknown.length > 0) throw new UsageError(`no such role: ${unknown.join(', ')}`)
      const person = {
        login: loginOf(required(values.login, 'login')),
        name: required(values.name, 'name'),
        roles: roles.filter(isRole),
      }
      // The link leads to where the platform answers, not to where this command would.
      const target = { ...config, publicOrigin: platform.api_base }
      const made = await withServices(target, (app) =>
        app.get(InvitationService).inviteFirst(institution, person),
      )
      console.log(JSON.stringify(made))
    },
  },
  {
    name: 'app create',
    help: '--institution inst_… --department dept_… --name text [--scopes a,b]',
    async run(args, { config }) {
      const { values } = readOptions(args, {
        institution: text,
        department: text,
        name: text,
        scopes: text,
      })
      const app = {
        institution_id: required(values.institution, 'institution'),
        department_id: required(values.department, 'department'),
        name: required(values.name, 'name'),
        scopes: listOption(values.scopes) ?? SCOPES,
        api_version: API_VERSION_LATEST,
      }
      const id = await withServices(config, (context) =>
        context.get(IdentityService).createApp(app),
      )
      console.log(JSON.stringify({ app_id: id, ...app }))
    },
  },
  {
    name: 'app allow-live',
    help: '--institution inst_… --app app_…   (live keys with everything it may do in test mode, without a second person)',
    async run(args, { config }) {
      const { values } = readOptions(args, { institution: text, app: text })
      const institution_id = required(values.institution, 'institution')
      const app_id = required(values.app, 'app')
      await withServices(config, (context) =>
        context.get(AppLiveService).allow(institution_id, app_id),
      )
      console.log(JSON.stringify({ institution_id, app_id, live_status: 'approved' }))
    },
  },
]
