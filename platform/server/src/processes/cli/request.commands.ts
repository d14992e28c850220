import { RequestLogService } from '../../domains/request-log/request-log.service.js'
import { withServices } from '../context.js'
import { readOptions, required } from './arguments.js'
import type { Command } from './commands.js'

export const requestCommands: readonly Command[] = [
  {
    name: 'request evidence',
    help: '--request req_…   (what was signed, and the signature: verify it with the public key)',
    async run(args, { config }) {
      const { values } = readOptions(args, { request: { type: 'string' } })
      const id = required(values.request, 'request')
      const evidence = await withServices(config, (app) => app.get(RequestLogService).evidence(id))
      console.log(JSON.stringify(evidence, null, 2))
    },
  },
]
