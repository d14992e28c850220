import { sleep } from '../core/deadline.js'
import { BursarAbortError, BursarError } from '../core/errors.js'
import type { PageData } from '../core/pagination.js'
import { APP_OPTIONS_USAGE, type AppArguments, readAppArguments, textOf } from './app-options.js'
import { type Command, type Terminal, UsageError } from './command.types.js'

const WAIT_SECONDS = 25
const RETRY_MS = 2_000

const USAGE = `Usage: bursar logs tail [options]

Prints the calls of your app as they are made, until it is stopped.

  --status-class <4xx>   only answers of this class: 2xx, 3xx, 4xx or 5xx
  --method <POST>        only calls of this method
  --path-prefix <text>   only calls whose path begins so, such as /v1/payments
${APP_OPTIONS_USAGE}

Ends with 0 when it is stopped (Ctrl-C), 1 when the platform refuses, 2 when the command line is wrong.`

/** As much of a logged call as a line has room for. */
interface LoggedCall {
  readonly id: string
  readonly created_at: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly duration_us: number
  readonly error_code: string | null
}

export const LOGS_TAIL_COMMAND: Command = {
  name: 'logs tail',
  summary: 'watch the calls of your app as they are made',
  usage: USAGE,
  async run(args, terminal) {
    const read = readAppArguments(args, terminal, {
      'status-class': { type: 'string' },
      method: { type: 'string' },
      'path-prefix': { type: 'string' },
    })
    if (read.positionals.length > 0) throw new UsageError(USAGE)
    const { values } = read
    const filters = {
      status_class: textOf(values['status-class']),
      method: textOf(values.method)?.toUpperCase(),
      path_prefix: textOf(values['path-prefix']),
    }
    let after: string | undefined
    while (!terminal.signal.aborted) {
      const page = await ask(read, terminal, { ...filters, after })
      for (const call of page.data)
        terminal.print(read.isJson ? JSON.stringify(call) : lineOf(call))
      after = page.next_cursor ?? after
    }
    return 0
  },
}

async function ask(
  { app }: AppArguments,
  { note, signal }: Terminal,
  filters: object,
): Promise<PageData<LoggedCall>> {
  const query = { order: 'asc', wait_seconds: WAIT_SECONDS, ...filters }
  for (;;) {
    try {
      return await app.bursar.request<PageData<LoggedCall>>(
        { method: 'GET', path: '/v1/request_logs', query },
        { signal, maxRetries: 0, timeoutMs: (WAIT_SECONDS + 20) * 1000 },
      )
    } catch (error) {
      if (signal.aborted || error instanceof BursarAbortError) return NOTHING
      if (!(error instanceof BursarError) || !error.retryable) throw error
      note(`${error.message}; asking again in ${RETRY_MS / 1000} s`)
      await sleep(RETRY_MS, signal)
    }
  }
}

const NOTHING: PageData<LoggedCall> = {
  object: 'list',
  data: [],
  has_more: false,
  next_cursor: null,
}

function lineOf(call: LoggedCall): string {
  const { created_at, duration_us, error_code, id, method, path, status } = call
  const duration = `${(duration_us / 1000).toFixed(1)} ms`
  return [created_at, status, method, path, duration, id, error_code ?? ''].join(' ').trimEnd()
}
