import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildServer } from './build-server.mjs'
import { nodeBinary, ROOT, toolEnvironment } from './install.mjs'

/** Builds what changed: the server, the payer's pages, the SDK. */
export async function build() {
  await step('server', buildServer)
  await buildPackage('pages', 'platform/console', [
    'node_modules/vite/bin/vite.js',
    'build',
    '--logLevel',
    'warn',
  ])
  await buildPackage('SDK', 'sdk', ['node_modules/tsup/dist/cli-default.js', '--silent'])
}

async function buildPackage(name, folder, command) {
  const [script, ...args] = command
  const sources = ['src', 'package.json', 'tsup.config.ts', 'vite.config.ts', 'cashier.html']
  const newest = Math.max(...sources.map((source) => newestIn(join(ROOT, folder, source))))
  // Written last, and not into what is published: a build that was cut off is not taken for one.
  const stamp = join(ROOT, 'node_modules', `.openbursar-built-${folder.replace('/', '-')}`)
  if (existsSync(join(ROOT, folder, 'dist')) && newestIn(stamp) > newest) return
  const startedAt = new Date()
  await step(name, () => {
    const result = spawnSync(nodeBinary(), [join(ROOT, script), ...args], {
      cwd: join(ROOT, folder),
      // Jest's "test" would give payers the slow React that is made for development.
      env: toolEnvironment({ NODE_ENV: 'production' }),
      stdio: 'inherit',
    })
    if (result.status !== 0) throw new Error(`building the ${name} failed; see above`)
    writeFileSync(stamp, '')
    utimesSync(stamp, startedAt, startedAt)
  })
}

async function step(name, work) {
  const startedAt = Date.now()
  process.stderr.write(`Building ${name} … `)
  try {
    await work()
  } catch (error) {
    process.stderr.write('\n')
    throw error
  }
  process.stderr.write(`${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
}

/** When the newest file at or below a path was written; 0 when there is none. */
function newestIn(path) {
  if (!existsSync(path)) return 0
  const own = statSync(path)
  if (!own.isDirectory()) return own.mtimeMs
  // A folder's own time tells that something in it was removed.
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}

if (process.argv[1] === import.meta.filename) {
  try {
    await build()
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}\n`)
    process.exit(1)
  }
}
