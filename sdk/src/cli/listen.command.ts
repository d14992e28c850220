import { resolve } from 'node:path'
import { APP_OPTIONS_USAGE, readAppArguments, textOf } from './app-options.js'
import { type Command, type Terminal, UsageError } from './command.types.js'
import { ListenState } from './listen-state.js'
import { type ForwardedEvent, listen } from './listener.js'

const DEFAULT_STATE = '.bursar-listen.json'

const USAGE = `Usage: bursar listen --forward-to <url> [options]

Hands every event of your app to a receiver on this machine, in the platform's order, signed as in live mode. An event
that is not answered 2xx is sent again until it is, and nothing overtakes it. After a stop or a crash it goes on behind
the last event that was taken, so none is lost; the one under way may come twice, under the same webhook-id.

  --forward-to <url>     where to send them, such as http://localhost:4000/webhooks
  --types <a,b>          only these types, such as payment.succeeded,refund.succeeded
  --from-start           at the first start: begin with the oldest event that there is, not with the next one
  --state <file>         where it remembers how far it came; default: ${DEFAULT_STATE}
${APP_OPTIONS_USAGE}

Ends with 0 when it is stopped (Ctrl-C), 1 when the platform refuses, 2 when the command line is wrong.`

export const LISTEN_COMMAND: Command = {
  name: 'listen',
  summary: 'hand events to a receiver on this machine, losing none',
  usage: USAGE,
  async run(args, terminal) {
    const { app, isJson, positionals, values } = readAppArguments(args, terminal, {
      'forward-to': { type: 'string' },
      'from-start': { type: 'boolean' },
      state: { type: 'string' },
      types: { type: 'string' },
    })
    if (positionals.length > 0)
      throw new UsageError(`What is ${positionals.join(' ')}?\n\n${USAGE}`)
    const forwardTo = requireUrl(textOf(values['forward-to']))
    const path = resolve(terminal.workingDirectory, textOf(values.state) ?? DEFAULT_STATE)
    const state = ListenState.open(path, { api_base: app.apiBase, key_id: app.keyId })
    try {
      terminal.note(`Forwarding the events of ${app.keyId} at ${app.apiBase} to ${forwardTo}`)
      terminal.note(`Verify them with the secret ${state.secret}`)
      await listen({
        bursar: app.bursar,
        forwardTo,
        state,
        isFromStart: values['from-start'] === true,
        types: new Set((textOf(values.types) ?? '').split(',').filter((type) => type !== '')),
        onAttempt: (attempt) => report(attempt, isJson, terminal),
        onTrouble: terminal.note,
        signal: terminal.signal,
      })
    } finally {
      state.close()
    }
    return 0
  },
}

function requireUrl(text: string | undefined): string {
  if (text !== undefined && URL.canParse(text) && /^https?:/.test(text)) return text
  throw new UsageError(
    `--forward-to must be a URL such as http://localhost:4000/webhooks.\n\n${USAGE}`,
  )
}

function report(attempt: ForwardedEvent, isJson: boolean, { print }: Terminal): void {
  const { duration_ms, event, reason, retry_in_ms, status } = attempt
  if (isJson) {
    const { id, type } = event
    print(JSON.stringify({ ...attempt, event: { id, type } }))
    return
  }
  const answer = status === null ? `no answer (${reason})` : `${status} in ${duration_ms} ms`
  const next = retry_in_ms === null ? '' : `; again in ${retry_in_ms / 1000} s`
  const mark = retry_in_ms === null ? '✓' : '✗'
  print(`${mark} ${event.created_at} ${event.type} ${event.id} → ${answer}${next}`)
}
