import { APP_OPTIONS_USAGE, readAppArguments, textOf } from './app-options.js'
import { type Command, UsageError } from './command.types.js'
import { printEvents } from './event-report.js'

const USAGE = `Usage: bursar events resend <evt_…> [options]

Sends an event to your webhook endpoints again, at once, also when it was delivered before: the webhook-id is the same.
Prints the deliveries.

  --endpoint <whk_…>     only to this one
${APP_OPTIONS_USAGE}

Ends with 0 when it was sent on its way, 1 when the platform refuses, 2 when the command line is wrong.`

export const EVENTS_RESEND_COMMAND: Command = {
  name: 'events resend',
  summary: 'send an event to its webhook endpoints again',
  usage: USAGE,
  async run(args, terminal) {
    const own = { endpoint: { type: 'string' } } as const
    const { app, isJson, positionals, values } = readAppArguments(args, terminal, own)
    const [id, ...more] = positionals
    if (id === undefined || more.length > 0) throw new UsageError(USAGE)
    const endpoint = textOf(values.endpoint)
    const answer = await app.bursar.request(
      {
        method: 'POST',
        path: '/v1/events/{id}/resend',
        ids: [id],
        body: endpoint === undefined ? {} : { endpoint },
      },
      { signal: terminal.signal },
    )
    printEvents(answer, isJson, terminal)
    return 0
  },
}
