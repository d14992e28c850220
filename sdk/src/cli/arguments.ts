import { parseArgs } from 'node:util'
import { UsageError } from './command.types.js'

/** What was asked for on the command line. */
export interface Arguments {
  apiBase: string
  isJson: boolean
  isHelp: boolean
}

const DEFAULT_API_BASE = 'http://localhost:3000'

export const USAGE = `Usage: bursar debug-signature [options] < request.http

Asks the platform why it refuses the signature of a request, or whether it accepts it. The request is read
as it went over the wire: request line, headers, an empty line, the body. Nothing is executed.

  --api-base <url>   the platform; default: BURSAR_API_BASE, then ${DEFAULT_API_BASE}
  --json             the platform's diagnosis as JSON
  --help             this text

Put the string that your program signed, in base64, into a Bursar-Debug-Base header of the request to see
where it differs from the string that the platform builds. The body is taken byte for byte: exactly
Content-Length bytes when that header is there, otherwise everything that follows the empty line.

Ends with 0 when the signature is valid, 1 when it is not, 2 when there is nothing to judge.`

export function readArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Arguments {
  const { positionals, values } = parse(args)
  const [command = 'help', ...more] = positionals
  const isHelp = values.help === true || command === 'help'
  if (!isHelp && (command !== 'debug-signature' || more.length > 0)) {
    throw new UsageError(`There is no command "${positionals.join(' ')}".\n\n${USAGE}`)
  }
  const apiBase = values['api-base'] ?? (environment.BURSAR_API_BASE || DEFAULT_API_BASE)
  if (!/^https?:\/\/[^/?#\s]+/.test(apiBase)) {
    throw new UsageError(
      `--api-base is ${JSON.stringify(apiBase)}; it must be like ${DEFAULT_API_BASE}`,
    )
  }
  return { apiBase: apiBase.replace(/\/+$/, ''), isJson: values.json === true, isHelp }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'api-base': { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}
