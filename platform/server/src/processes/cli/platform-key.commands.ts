import {
  KEY_PURPOSES,
  type KeyPurpose,
  type PlatformKey,
  PlatformKeys,
} from '../../infra/crypto/platform-keys.js'
import { withServices } from '../context.js'
import { readOptions, required, UsageError } from './arguments.js'
import type { Command } from './commands.js'

const text = { type: 'string' } as const

export const platformKeyCommands: readonly Command[] = [
  {
    name: 'platform-keys rotate',
    help: `--purpose ${KEY_PURPOSES.join('|')} [--at-once]   (a new signing key of the platform)`,
    async run(args, { config }) {
      const { values } = readOptions(args, { purpose: text, 'at-once': { type: 'boolean' } })
      const purpose = purposeOf(values.purpose)
      const keys = await withServices(config, async (context) => {
        const platformKeys = context.get(PlatformKeys)
        await platformKeys.rotate(purpose, { isAtOnce: values['at-once'] ?? false })
        return platformKeys.published(purpose)
      })
      console.log(JSON.stringify({ purpose, keys: keys.map(describe) }))
    },
  },
  {
    name: 'platform-keys list',
    help: `--purpose ${KEY_PURPOSES.join('|')}   (newest first)`,
    async run(args, { config }) {
      const purpose = purposeOf(readOptions(args, { purpose: text }).values.purpose)
      const keys = await withServices(config, (context) =>
        context.get(PlatformKeys).published(purpose),
      )
      console.log(JSON.stringify({ purpose, keys: keys.map(describe) }))
    },
  },
]

function purposeOf(value: string | undefined): KeyPurpose {
  const given = required(value, 'purpose')
  const purpose = KEY_PURPOSES.find((known) => known === given)
  if (purpose) return purpose
  throw new UsageError(`--purpose must be one of ${KEY_PURPOSES.join(', ')}`)
}

function describe({ jwk, signsFrom }: PlatformKey) {
  return { kid: jwk.kid, signs_from: signsFrom.toISOString() }
}
