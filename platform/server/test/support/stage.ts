import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll } from '@jest/globals'
import { bursarCommand, platformSettings } from './bursar-command.js'
import { type AppCredentials, createApp, openApp, type TestApp } from './platform.js'

/** Who plays in a spec of an endpoint. */
export interface Stage {
  /** Fresh for this file, with every scope. */
  readonly own: TestApp
  /** An app of another department of the same institution. */
  readonly neighbour: TestApp
  /** An app of another institution. */
  readonly outsider: TestApp
  /** An app of the same institution without any scope. */
  readonly powerless: TestApp
}

/** Makes the players before the first test of the file. Only `own` is new; the others are there once per run. */
export function openStage(): Stage {
  let players: Stage | undefined
  const player = (name: keyof Stage): TestApp => {
    if (!players) throw new Error(`the stage opens before the first test: ${name} is not there yet`)
    return players[name]
  }
  beforeAll(async () => {
    const [own, neighbour, outsider, powerless] = await Promise.all([
      createApp(),
      remembered('neighbour', () => createApp()),
      remembered('outsider', createOutsider),
      remembered('powerless', () => createApp({ scopes: [] })),
    ])
    players = { own, neighbour, outsider, powerless }
  }, 60_000)
  return {
    get own() {
      return player('own')
    },
    get neighbour() {
      return player('neighbour')
    },
    get outsider() {
      return player('outsider')
    },
    get powerless() {
      return player('powerless')
    },
  }
}

/** Two workers of jest may both make one: each keeps its own, and both are good. */
async function remembered(name: string, create: () => Promise<TestApp>): Promise<TestApp> {
  const folder = join(platformSettings().DATA_DIR, 'apps')
  const path = join(folder, `${name}.json`)
  const known = await readFile(path, 'utf8').catch(() => null)
  if (known) return openApp(JSON.parse(known))
  const app = await create()
  const { bursar: _, send: __, prepare: ___, ...credentials } = app
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  await mkdir(folder, { recursive: true })
  await writeFile(draft, JSON.stringify(credentials))
  await rename(draft, path)
  return app
}

/** An institution, department, app and key of their own, made as an operator makes them. */
export async function createOutsider(): Promise<TestApp> {
  const { institution_id } = await bursarCommand<AppCredentials>(
    ...['institution', 'create', '--name', '外校 Another University'],
  )
  const { department_id } = await bursarCommand<AppCredentials>(
    ...['department', 'create', '--institution', institution_id, '--name', 'Finance'],
  )
  const { app_id } = await bursarCommand<AppCredentials>(
    ...['app', 'create', '--institution', institution_id, '--department', department_id],
    ...['--name', 'Outsider'],
  )
  const key = await addKey({ institution_id, app_id })
  return openApp({ institution_id, department_id, app_id, webhook_public_key: '', ...key })
}

/** A further key of an app. */
export async function addKey(
  app: Pick<AppCredentials, 'institution_id' | 'app_id'>,
  ...options: readonly string[]
): Promise<Pick<AppCredentials, 'key_id' | 'private_key'>> {
  if (options.includes('--live')) {
    await bursarCommand(
      'app',
      'allow-live',
      '--institution',
      app.institution_id,
      '--app',
      app.app_id,
    )
  }
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const path = join(platformSettings().DATA_DIR, `${randomBytes(6).toString('hex')}.pem`)
  await writeFile(path, publicKey.export({ type: 'spki', format: 'pem' }))
  const { key_id } = await bursarCommand<AppCredentials>(
    ...['keys', 'create', '--institution', app.institution_id, '--app', app.app_id],
    ...['--public-key', path, ...options],
  )
  return { key_id, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}
