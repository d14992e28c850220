import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Bursar } from '../client.js'
import { BursarConfigurationError } from '../core/errors.js'
import { isRecord } from '../core/problem.js'
import { type Terminal, UsageError } from './command.types.js'

type Options = NonNullable<ParseArgsConfig['options']>

/** What every command takes that calls the API as an app. */
const APP_OPTIONS = {
  app: { type: 'string' },
  'key-id': { type: 'string' },
  'private-key': { type: 'string' },
  'api-base': { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Options

export const APP_OPTIONS_USAGE = `  --app <file>           the app: api_base, key_id and private_key as JSON; default: app.json, when it is there
  --key-id <key_…>       or BURSAR_KEY_ID
  --private-key <file>   the private key as PEM; or BURSAR_PRIVATE_KEY with the PEM itself
  --api-base <url>       the platform; or BURSAR_API_BASE; default: http://localhost:3000
  --json                 one JSON object per line
  --help                 this text`

/** A client for the app that the command line, the environment or the file names. */
export interface ChosenApp {
  readonly bursar: Bursar
  readonly apiBase: string
  readonly keyId: string
}

export interface AppArguments {
  readonly app: ChosenApp
  readonly isJson: boolean
  readonly positionals: readonly string[]
  /** Options of the command itself. */
  readonly values: Readonly<Record<string, unknown>>
}

const DEFAULT_API_BASE = 'http://localhost:3000'
const DEFAULT_FILE = 'app.json'

/** Reads the options of a command: its own, and those of the app. The command line wins over everything. */
export function readAppArguments(
  args: readonly string[],
  terminal: Terminal,
  own: Options = {},
): AppArguments {
  const { positionals, values } = parse(args, { ...APP_OPTIONS, ...own })
  const { environment, workingDirectory } = terminal
  const given = (name: string): string | undefined => textOf(values[name])
  const file = readAppFile(workingDirectory, given('app'))
  const keyFile = given('private-key')
  const keyId = given('key-id') ?? (environment.BURSAR_KEY_ID || file.key_id)
  const privateKey =
    keyFile === undefined
      ? environment.BURSAR_PRIVATE_KEY || file.private_key
      : read(resolve(workingDirectory, keyFile), '--private-key')
  if (!keyId || !privateKey) {
    throw new UsageError(
      'Which app? Pass --app app.json (what `bursar sandbox create-app --json` printed), or --key-id and --private-key, ' +
        'or set BURSAR_KEY_ID and BURSAR_PRIVATE_KEY.',
    )
  }
  const apiBase =
    given('api-base') ?? (environment.BURSAR_API_BASE || (file.api_base ?? DEFAULT_API_BASE))
  const app = { bursar: clientOf({ keyId, privateKey, baseUrl: apiBase }), apiBase, keyId }
  return { app, isJson: values.json === true, positionals, values }
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

function parse(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function clientOf(options: { keyId: string; privateKey: string; baseUrl: string }): Bursar {
  try {
    return new Bursar(options)
  } catch (error) {
    if (error instanceof BursarConfigurationError) throw new UsageError(error.message)
    throw error
  }
}

/** Empty when nobody names a file and the usual one is not there. */
function readAppFile(directory: string, name: string | undefined): Record<string, string> {
  const path = resolve(directory, name ?? DEFAULT_FILE)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (name === undefined) return {}
    throw new UsageError(`--app: ${error instanceof Error ? error.message : error}`)
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new UsageError(`${path} is not JSON; it must hold api_base, key_id and private_key.`)
  }
  const entries = isRecord(parsed) ? Object.entries(parsed) : []
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
}

function read(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : error}`)
  }
}
