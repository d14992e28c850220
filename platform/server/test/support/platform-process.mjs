import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { glob, mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../../..')
const DIST = resolve(ROOT, 'platform/server/dist')
const require = createRequire(join(ROOT, 'platform/server/package.json'))

/** Specs that talk to a running platform are named `*.e2e.spec.ts` or `*.browser.spec.ts`. */
const PLATFORM_SPECS = '{platform,sdk,examples}/**/*.{e2e,browser}.spec.ts'

/** Specs of the SDK's package try what was built. */
const SDK_SPECS = 'sdk/test/**/*.spec.ts'

/** Whether this run of jest will come to a spec that needs a platform; without a filter it will. */
export function isPlatformWanted(globalConfig) {
  return isWanted(globalConfig, PLATFORM_SPECS)
}

/** Whether it will come to a spec that needs the built SDK. */
export function isSdkWanted(globalConfig) {
  return isWanted(globalConfig, SDK_SPECS)
}

async function isWanted(globalConfig, specs) {
  const { patterns } = globalConfig.testPathPatterns
  if (patterns.length === 0) return true
  const matchers = patterns.map((pattern) => new RegExp(pattern, 'i'))
  const exclude = (path) => path.includes('node_modules')
  for await (const path of glob(specs, { cwd: ROOT, exclude })) {
    if (matchers.some((matcher) => matcher.test(join(ROOT, path)))) return true
  }
  return false
}

/** Whether it will come to the spec that reads the built documentation. */
export function isDocsWanted(globalConfig) {
  const { patterns } = globalConfig.testPathPatterns
  return patterns.length === 0 || patterns.some((pattern) => /docs-site/i.test(pattern))
}

/**
 * The roles that `npm start` runs, on a database of their own and on free ports, with the demo institution.
 * `env` is what a command of `bursar` needs to work on this platform.
 */
export async function startPlatform(templateUrl, dataDir) {
  const { Supervisor } = await import(`${DIST}/processes/supervisor.js`)
  const { seedDemo } = await import(`${DIST}/processes/seed.js`)
  const { readConfig } = await import(`${DIST}/infra/config/config.js`)
  const { freePorts } = await import(`${DIST}/infra/net/free-port.js`)
  const [port, simulatorPort] = await freePorts(2)
  const platformDir = join(dataDir, 'platform')
  await mkdir(platformDir)
  const env = {
    DATABASE_URL: await cloneDatabase(templateUrl, 'platform'),
    MASTER_KEY: randomBytes(32).toString('base64'),
    PORT: String(port),
    SIMULATOR_PORT: String(simulatorPort),
    DATA_DIR: platformDir,
  }
  const supervisor = new Supervisor(
    { ...withoutJest(process.env), ...env },
    platformDir,
    (role, how) =>
      console.error(
        `The ${role} of the test platform died (${how}); its log is in ${platformDir}.`,
      ),
  )
  let commands
  try {
    await Promise.all(['simulators', 'api', 'worker'].map((role) => supervisor.start(role)))
    await seedDemo(readConfig(env, ROOT))
    const answer = await fetch(`http://localhost:${port}/readyz`)
    if (!answer.ok) throw new Error(`the test platform is not ready: ${await answer.text()}`)
    commands = await startCommandServer(env)
  } catch (error) {
    await supervisor.stop()
    throw error
  }
  return {
    env: { ...env, COMMAND_URL: commands.url },
    async stop() {
      commands.child.kill()
      await supervisor.stop()
    },
  }
}

function startCommandServer(env) {
  const child = fork(join(import.meta.dirname, 'command-server.mjs'), {
    env: { ...withoutJest(process.env), ...env },
    execArgv: [],
  })
  return new Promise((ready, fail) => {
    child.once('message', ({ url }) => ready({ child, url }))
    child.once('exit', (code) => fail(new Error(`the command server ended with ${code}`)))
  })
}

async function cloneDatabase(templateUrl, name) {
  const { Client } = require('pg')
  const template = new URL(templateUrl).pathname.slice(1)
  const client = new Client({
    connectionString: Object.assign(new URL(templateUrl), { pathname: '/postgres' }).toString(),
  })
  await client.connect()
  try {
    await client.query(`create database ${name} template ${template}`)
  } finally {
    await client.end()
  }
  return Object.assign(new URL(templateUrl), { pathname: `/${name}` }).toString()
}

/** What jest needs of Node.js, the roles must not have. */
function withoutJest({ NODE_OPTIONS: _, NODE_ENV: __, ...rest }) {
  return rest
}
