import { readFile } from 'node:fs/promises'
import { KeyOperatorService } from '../../domains/identity/key-operator.service.js'
import { withServices } from '../context.js'
import { listOption, readOptions, required, UsageError } from './arguments.js'
import type { Command, CommandTarget } from './commands.js'

const text = { type: 'string' } as const
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

export const keyCommands: readonly Command[] = [
  {
    name: 'keys create',
    help: '--institution inst_… --app app_… --public-key file [--alg rsa-v1_5-sha256] [--live] [--name text] [--scopes a,b] [--allowed-ips a,b] [--not-before time] [--not-after time]',
    async run(args, target) {
      const { values } = readOptions(args, {
        institution: text,
        app: text,
        'public-key': text,
        alg: text,
        name: text,
        scopes: text,
        'allowed-ips': text,
        'not-before': text,
        'not-after': text,
        live: { type: 'boolean' },
      })
      const owner = {
        institution_id: required(values.institution, 'institution'),
        app_id: required(values.app, 'app'),
        livemode: values.live ?? false,
      }
      const key = {
        public_key: await readPublicKeyFile(values['public-key']),
        algorithm: values.alg,
        name: values.name,
        scopes: listOption(values.scopes),
        allowed_ips: listOption(values['allowed-ips']),
        not_before: timeOption(values['not-before']),
        not_after: timeOption(values['not-after']),
      }
      const made = await withKeys(target, (keys) => keys.create(owner, key))
      print({ key_id: made.id, app_id: owner.app_id, ...made })
    },
  },
  {
    name: 'keys list',
    help: '--institution inst_… --app app_…',
    async run(args, target) {
      const { values } = readOptions(args, { institution: text, app: text })
      const institution = required(values.institution, 'institution')
      const app = required(values.app, 'app')
      console.log(
        JSON.stringify(await withKeys(target, (keys) => keys.list(institution, app)), null, 2),
      )
    },
  },
  {
    name: 'keys update',
    help: '--key key_… [--name text] [--scopes a,b] [--allowed-ips a,b]   (--allowed-ips "" lifts the limit)',
    async run(args, target) {
      const { values } = readOptions(args, {
        key: text,
        name: text,
        scopes: text,
        'allowed-ips': text,
      })
      const id = required(values.key, 'key')
      const change = {
        name: values.name,
        scopes: listOption(values.scopes),
        allowed_ips: listOption(values['allowed-ips']),
      }
      print(await withKeys(target, (keys) => keys.update(id, change)))
    },
  },
  {
    name: 'keys rotate',
    help: '--key key_… --public-key file [--alg rsa-v1_5-sha256] [--overlap 24h] [--not-after time]   (the old key works on for the overlap)',
    async run(args, target) {
      const { values } = readOptions(args, {
        key: text,
        'public-key': text,
        alg: text,
        overlap: text,
        'not-after': text,
      })
      const id = required(values.key, 'key')
      const change = {
        public_key: await readPublicKeyFile(values['public-key']),
        algorithm: values.alg,
        overlap_seconds: durationOption(values.overlap),
        not_after: timeOption(values['not-after']),
      }
      const made = await withKeys(target, (keys) => keys.rotate(id, change))
      print({ key_id: made.id, replaces: id, ...made })
    },
  },
  {
    name: 'keys revoke',
    help: '--key key_…   (effective everywhere within 5 seconds)',
    async run(args, target) {
      const id = required(readOptions(args, { key: text }).values.key, 'key')
      const key = await withKeys(target, (keys) => keys.revoke(id))
      print({ key_id: key.id, revoked: true, ...key })
    },
  },
]

function withKeys<T>(
  { config }: CommandTarget,
  work: (keys: KeyOperatorService) => Promise<T>,
): Promise<T> {
  return withServices(config, (app) => work(app.get(KeyOperatorService)))
}

function print(value: object): void {
  console.log(JSON.stringify(value))
}

/** PEM or JWK. */
async function readPublicKeyFile(path: string | undefined): Promise<unknown> {
  const content = await readFile(required(path, 'public-key'), 'utf8')
  if (!content.trimStart().startsWith('{')) return content
  try {
    return JSON.parse(content)
  } catch {
    throw new UsageError(`--public-key: ${path} is neither PEM nor JSON`)
  }
}

/** Any time that JavaScript reads, such as 2027-01-31 or 2027-01-31T08:00:00+08:00. */
function timeOption(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const time = new Date(value)
  if (Number.isNaN(time.getTime())) throw new UsageError(`${value} is not a time`)
  return time.toISOString()
}

function durationOption(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const [, count = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(value) ?? []
  const seconds = SECONDS[unit]
  if (seconds === undefined) throw new UsageError('--overlap must be such as 30m, 24h or 7d')
  return Number(count) * seconds
}
