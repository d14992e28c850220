import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { IdentityService } from '../../domains/identity/identity.service.js'
import { SCOPES } from '../../domains/identity/identity.types.js'
import { SandboxAccountService } from '../../domains/sandbox/sandbox-account.service.js'
import { API_VERSION_LATEST } from '../../gateway/versioning/versions.js'
import { PlatformKeys } from '../../infra/crypto/platform-keys.js'
import { withServices } from '../context.js'
import { DEMO_INSTITUTION } from '../seed.js'
import { listOption, readOptions, UsageError } from './arguments.js'
import type { Command, CommandTarget } from './commands.js'

const OPTIONS = {
  json: { type: 'boolean' },
  scopes: { type: 'string' },
  alg: { type: 'string' },
  name: { type: 'string' },
} as const

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const KEY_MAKERS: Record<string, () => KeyPair> = {
  ed25519: () => generateKeyPairSync('ed25519'),
  p256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
}

export const sandboxCommands: readonly Command[] = [
  {
    name: 'sandbox create-app',
    help: 'a fresh app with a test key: [--json] [--scopes a,b] [--alg ed25519|p256|rsa] [--name text]',
    async run(args, target) {
      const { values } = readOptions(args, OPTIONS)
      const maker = KEY_MAKERS[values.alg ?? 'ed25519']
      if (!maker) throw new UsageError(`--alg must be one of ${Object.keys(KEY_MAKERS).join(', ')}`)
      const app = await createApp(target, maker(), listOption(values.scopes), values.name)
      console.log(values.json ? JSON.stringify(app) : describe(app))
    },
  },
]

/** An app of a department of its own, so that its books start empty. The private key is shown once. */
function createApp(
  { config, platform }: CommandTarget,
  keys: KeyPair,
  scopes: readonly string[] = SCOPES,
  name = 'Sandbox app',
) {
  return withServices(config, async (context) => {
    const identity = context.get(IdentityService)
    const institution_id =
      (await identity.findInstitutionByName(DEMO_INSTITUTION)) ??
      (await identity.createInstitution(DEMO_INSTITUTION))
    await context.get(SandboxAccountService).ensureWechatpay(institution_id, DEMO_INSTITUTION)
    const department_id = await identity.createDepartment(institution_id, `${name} 部门`)
    const app_id = await identity.createApp({
      institution_id,
      department_id,
      name,
      scopes,
      api_version: API_VERSION_LATEST,
    })
    const key_id = await identity.createKey({
      institution_id,
      app_id,
      livemode: false,
      public_key: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    })
    return {
      api_base: platform.api_base,
      institution_id,
      department_id,
      app_id,
      key_id,
      private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      webhook_public_key: await context.get(PlatformKeys).webhookPublicKey(),
      simulator_base: platform.simulator_base,
    }
  })
}

function describe(app: Record<string, string>): string {
  return Object.entries(app)
    .map(([name, value]) => `${name.padEnd(20)}${value.trimEnd()}`)
    .join('\n')
}
