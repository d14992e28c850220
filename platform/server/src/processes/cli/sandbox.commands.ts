import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { IdentityService } from '../../domains/identity/identity.service.js'
import { SandboxAccountService } from '../../domains/sandbox/sandbox-account.service.js'
import type { SignatureAlgorithm } from '../../infra/crypto/http-signature.verify.js'
import { PlatformKeys } from '../../infra/crypto/platform-keys.js'
import { SCOPES } from '../../infra/http/scopes.js'
import { issuerOf } from '../../infra/oauth/access-token.js'
import { API_VERSION_LATEST } from '../../versions/versions.js'
import { withServices } from '../context.js'
import { DEMO_INSTITUTION } from '../seed.js'
import { listOption, readOptions, UsageError } from './arguments.js'
import type { Command, CommandTarget } from './commands.js'

const OPTIONS = {
  json: { type: 'boolean' },
  scopes: { type: 'string' },
  alg: { type: 'string' },
  'client-key': { type: 'string' },
  name: { type: 'string' },
} as const

interface KeyPair {
  /** Only RSA leaves a choice. */
  readonly algorithm?: SignatureAlgorithm
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const makeP256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const makeRsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

const KEY_MAKERS: Record<string, () => KeyPair> = {
  ed25519: () => generateKeyPairSync('ed25519'),
  p256: makeP256,
  rsa: makeRsa,
  'rsa-v1_5': () => ({ algorithm: 'rsa-v1_5-sha256', ...makeRsa() }),
  sm2: () => generateKeyPairSync('ec', { namedCurve: 'SM2' }),
}

/** By the algorithm of the assertions that the key signs. */
const CLIENT_KEY_MAKERS: Record<string, () => KeyPair> = {
  es256: makeP256,
  ps256: makeRsa,
  eddsa: () => generateKeyPairSync('ed25519'),
}

export const sandboxCommands: readonly Command[] = [
  {
    name: 'sandbox create-app',
    help: 'a fresh app with a test key: [--json] [--scopes a,b] [--alg ed25519|p256|rsa|rsa-v1_5|sm2] [--client-key es256|ps256|eddsa] [--name text]',
    async run(args, target) {
      const { values } = readOptions(args, OPTIONS)
      const app = await createApp(target, {
        keys: makeKeys('alg', KEY_MAKERS, values.alg ?? 'ed25519'),
        clientKeys: values['client-key']
          ? makeKeys('client-key', CLIENT_KEY_MAKERS, values['client-key'])
          : null,
        scopes: listOption(values.scopes) ?? SCOPES,
        name: values.name ?? 'Sandbox app',
      })
      console.log(values.json ? JSON.stringify(app) : describe(app))
    },
  },
]

interface AppToCreate {
  readonly keys: KeyPair
  /** A key of its own for client assertions; without one the first key serves for both. */
  readonly clientKeys: KeyPair | null
  readonly scopes: readonly string[]
  readonly name: string
}

function makeKeys(option: string, makers: Record<string, () => KeyPair>, name: string): KeyPair {
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined
  if (maker) return maker()
  throw new UsageError(`--${option} must be one of ${Object.keys(makers).join(', ')}`)
}

/** An app of a department of its own, so that its books start empty. The private key is shown once. */
function createApp({ config, platform }: CommandTarget, app: AppToCreate) {
  const { keys, clientKeys, scopes, name } = app
  return withServices(config, async (context) => {
    const identity = context.get(IdentityService)
    const institution_id =
      (await identity.findInstitutionByName(DEMO_INSTITUTION)) ??
      (await identity.createInstitution(DEMO_INSTITUTION))
    await context.get(SandboxAccountService).ensureAll(institution_id, DEMO_INSTITUTION)
    const department_id = await identity.createDepartment(institution_id, `${name} 部门`)
    const app_id = await identity.createApp({
      institution_id,
      department_id,
      name,
      scopes,
      api_version: API_VERSION_LATEST,
    })
    const register = ({ publicKey, algorithm }: KeyPair) =>
      identity.createKey({
        institution_id,
        app_id,
        livemode: false,
        public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        algorithm,
      })
    const key_id = await register(keys)
    const client = clientKeys && {
      client_key_id: await register(clientKeys),
      client_private_key: pkcs8Of(clientKeys),
    }
    return {
      api_base: platform.api_base,
      institution_id,
      department_id,
      app_id,
      key_id,
      private_key: pkcs8Of(keys),
      issuer: issuerOf(platform.api_base),
      client_id: app_id,
      ...client,
      webhook_public_key: await context.get(PlatformKeys).webhookPublicKey(),
      simulator_base: platform.simulator_base,
    }
  })
}

function pkcs8Of({ privateKey }: KeyPair): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function describe(app: Record<string, string>): string {
  return Object.entries(app)
    .map(([name, value]) => `${name.padEnd(20)}${value.trimEnd()}`)
    .join('\n')
}
