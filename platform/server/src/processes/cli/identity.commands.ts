import { readFile } from 'node:fs/promises'
import { IdentityService } from '../../domains/identity/identity.service.js'
import { SCOPES } from '../../domains/identity/identity.types.js'
import { API_VERSION_LATEST } from '../../gateway/versioning/versions.js'
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
  {
    name: 'key add',
    help: '--institution inst_… --app app_… --public-key file.pem [--live] [--scopes a,b] [--not-after time]',
    async run(args, { config }) {
      const { values } = readOptions(args, {
        institution: text,
        app: text,
        'public-key': text,
        scopes: text,
        'not-after': text,
        live: { type: 'boolean' },
      })
      const key = {
        institution_id: required(values.institution, 'institution'),
        app_id: required(values.app, 'app'),
        livemode: values.live ?? false,
        public_key: await readFile(required(values['public-key'], 'public-key'), 'utf8'),
        scopes: listOption(values.scopes) ?? [],
        not_after: values['not-after'] ? new Date(values['not-after']) : null,
      }
      const id = await withServices(config, (app) => app.get(IdentityService).createKey(key))
      console.log(JSON.stringify({ key_id: id, app_id: key.app_id, livemode: key.livemode }))
    },
  },
  {
    name: 'key list',
    help: '--institution inst_… --app app_…',
    async run(args, { config }) {
      const { values } = readOptions(args, { institution: text, app: text })
      const institution = required(values.institution, 'institution')
      const appId = required(values.app, 'app')
      const keys = await withServices(config, (app) =>
        app.get(IdentityService).listKeys(institution, appId),
      )
      console.log(JSON.stringify(keys, null, 2))
    },
  },
  {
    name: 'key revoke',
    help: '--key key_…   (effective everywhere within 5 seconds)',
    async run(args, { config }) {
      const id = required(readOptions(args, { key: text }).values.key, 'key')
      await withServices(config, (app) => app.get(IdentityService).revokeKey(id))
      console.log(JSON.stringify({ key_id: id, revoked: true }))
    },
  },
]
