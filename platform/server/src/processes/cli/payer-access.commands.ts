import { RedirectUriService } from '../../domains/payer-access/redirect-uri.service.js'
import { withServices } from '../context.js'
import { listOption, readOptions, required } from './arguments.js'
import type { Command } from './commands.js'

const text = { type: 'string' } as const
const OPTIONS = { institution: text, app: text, uris: text, live: { type: 'boolean' } } as const

export const payerAccessCommands: readonly Command[] = [
  {
    name: 'app set-redirect-uris',
    help: '--institution inst_… --app app_… --uris a,b [--live]   (replaces those of the mode; --uris "" removes all)',
    async run(args, { config }) {
      const { values } = readOptions(args, OPTIONS)
      const app = {
        institution_id: required(values.institution, 'institution'),
        app_id: required(values.app, 'app'),
        livemode: values.live ?? false,
      }
      // An empty list is a list; a forgotten option is not.
      const redirect_uris =
        values.uris === '' ? [] : (listOption(required(values.uris, 'uris')) ?? [])
      await withServices(config, (context) =>
        context.get(RedirectUriService).replace(app, redirect_uris),
      )
      console.log(JSON.stringify({ ...app, redirect_uris }))
    },
  },
]
