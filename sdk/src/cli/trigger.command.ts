import { APP_OPTIONS_USAGE, readAppArguments, textOf } from './app-options.js'
import { type Command, UsageError } from './command.types.js'
import { printEvents } from './event-report.js'

const USAGE = `Usage: bursar trigger <type> [options]

Makes the thing really happen in the sandbox, for your app: "payment.succeeded" creates a payment and pays it. Prints the
events that came of it. Test mode only.

  --object <json>        fields of the object that is made, such as '{"amount":500}'
${APP_OPTIONS_USAGE}

Ends with 0 when it happened, 1 when the platform refuses, 2 when the command line is wrong.`

export const TRIGGER_COMMAND: Command = {
  name: 'trigger',
  summary: 'make an event of a type really happen in the sandbox',
  usage: USAGE,
  async run(args, terminal) {
    const own = { object: { type: 'string' } } as const
    const { app, isJson, positionals, values } = readAppArguments(args, terminal, own)
    const [type, ...more] = positionals
    if (type === undefined || more.length > 0) throw new UsageError(USAGE)
    const object = objectOf(textOf(values.object))
    const answer = await app.bursar.request(
      {
        method: 'POST',
        path: '/v1/test_helpers/events',
        body: { type, ...(object === undefined ? {} : { object }) },
      },
      { signal: terminal.signal, timeoutMs: 90_000 },
    )
    printEvents(answer, isJson, terminal)
    return 0
  },
}

function objectOf(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`--object is not JSON: ${text}`)
  }
}
