import { IdentityService } from '../../domains/identity/identity.service.js'
import { SCOPES } from '../../infra/http/scopes.js'
import { API_VERSION_LATEST } from '../../versions/versions.js'
import { withServices } from '../context.js'
import { listOption, readOptions, required } from './arguments.js'
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
]
