import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * `npm run setup -w examples/registration-system`: registers this app with the platform that runs on this
 * machine, and writes its key to private.pem and the rest to .env.
 */
const HERE = import.meta.dirname
const ROOT = resolve(HERE, '../..')

// Only what this app does: a stolen key can do no more.
const SCOPES =
  'payers:write,bills:write,payments:read,payments:write,refunds:read,refunds:write,webhooks:read,webhooks:write'

const envFile = join(HERE, '.env')
if (existsSync(envFile) && !process.argv.includes('--force')) {
  console.error(`${envFile} is there already. To register a new app: add --force.`)
  process.exit(1)
}

const command = ['sandbox', 'create-app', '--json', '--name', 'Registration', '--scopes', SCOPES]
const bursar = join(ROOT, 'platform/server/dist/processes/bursar.main.js')
const { status, stdout } = spawnSync(process.execPath, [bursar, ...command], {
  cwd: ROOT,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
})
if (status !== 0) {
  console.error('\nThe app could not be registered. Is the platform running? Start it: npm start')
  process.exit(1)
}

const app = JSON.parse(stdout)
writeFileSync(join(HERE, 'private.pem'), app.private_key, { mode: 0o600 })
writeFileSync(
  envFile,
  `BURSAR_API_BASE=${app.api_base}
BURSAR_KEY_ID=${app.key_id}
BURSAR_PRIVATE_KEY_FILE=private.pem
PORT=4000
`,
  { mode: 0o600 },
)
console.log(`Registered ${app.app_id}. Next: npm start -w examples/registration-system`)
