import { BursarError } from '../core/errors.js'
import { type Command, type Terminal, UsageError } from './command.types.js'
import { DEBUG_SIGNATURE_COMMAND } from './debug-signature.command.js'
import { EVENTS_RESEND_COMMAND } from './events-resend.command.js'
import { LISTEN_COMMAND } from './listen.command.js'
import { LOGS_TAIL_COMMAND } from './logs-tail.command.js'
import { TRIGGER_COMMAND } from './trigger.command.js'

const COMMANDS: readonly Command[] = [
  LISTEN_COMMAND,
  TRIGGER_COMMAND,
  EVENTS_RESEND_COMMAND,
  LOGS_TAIL_COMMAND,
  DEBUG_SIGNATURE_COMMAND,
]

const NAME_LENGTH_MAX = Math.max(...COMMANDS.map(({ name }) => name.length))

const USAGE = `Usage: bursar <command> [options]

${COMMANDS.map(({ name, summary }) => `  bursar ${name.padEnd(NAME_LENGTH_MAX)}   ${summary}`).join('\n')}

bursar <command> --help says more of each.`

const HELP = ['--help', '-h']

/** Runs what the command line asks for; resolves to the exit code. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const command = COMMANDS.find(({ name }) => `${args.join(' ')} `.startsWith(`${name} `))
  const isHelp = args.some((arg) => HELP.includes(arg))
  if (args.length === 0 || args[0] === 'help' || (command === undefined && isHelp)) {
    terminal.print(USAGE)
    return 0
  }
  if (command === undefined) {
    terminal.note(`There is no command "${args.join(' ')}".\n\n${USAGE}`)
    return 2
  }
  if (isHelp) {
    terminal.print(command.usage)
    return 0
  }
  try {
    return await command.run(args.slice(command.name.split(' ').length), terminal)
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.note(error.message)
      return 2
    }
    if (!(error instanceof BursarError)) throw error
    terminal.note(messageOf(error))
    return 1
  }
}

function messageOf({ errors, message, requestId }: BursarError): string {
  const places = errors.map(({ detail, pointer }) => `\n  ${pointer}: ${detail}`)
  const log = requestId === undefined ? '' : `\n(${requestId} in the request log)`
  return `${message}${places.join('')}${log}`
}
