import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildServer } from './build-server.mjs'
import { nodeBinary, ROOT, toolEnvironment } from './install.mjs'

const VITE = ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']
const inConsole = (source) => `platform/console/${source}`

const SDK = {
  name: 'SDK',
  folder: 'sdk',
  output: 'dist',
  sources: ['sdk/src', 'sdk/package.json', 'sdk/tsup.config.ts'],
  command: ['node_modules/tsup/dist/cli-default.js', '--silent'],
}

const CASHIER = {
  name: 'pages',
  folder: 'platform/console',
  output: 'dist',
  sources: ['src', 'package.json', 'vite.config.ts', 'cashier.html'].map(inConsole),
  command: VITE,
}

const CONSOLE = {
  name: 'console',
  folder: 'platform/console',
  output: 'dist-console',
  sources: [
    ...['src', 'package.json', 'vite.console.config.ts', 'console.html'].map(inConsole),
    'sdk/src',
  ],
  command: [...VITE, '--config', 'vite.console.config.ts'],
}

const DOCS = {
  name: 'documentation',
  folder: 'docs',
  output: 'dist',
  sources: [
    ...['guides', 'errors', 'home', 'reference', 'decisions', 'site', 'package.json'],
    ...['ARCHITECTURE.md', 'GLOSSARY.md', '.vitepress/config.mjs', '.vitepress/theme'],
    ...['../openapi/errors.json', '../platform/console/src/ui/tokens.css'],
  ].map((source) => `docs/${source}`),
  command: ['docs/site/build.mjs'],
}

/** Builds what changed: the server, the SDK, the pages, the console made of it, and, unless told not to, the documentation. */
export async function build({ docs = true } = {}) {
  await step('server', buildServer)
  for (const item of [SDK, CASHIER, CONSOLE]) await buildPackage(item)
  if (docs) await buildDocs()
}

/** The SDK alone: what its own tests try is the built package. */
export const buildSdk = () => buildPackage(SDK)

/** Some hundred pages: a quarter of a minute, so `npm start` lets it happen while the platform starts. */
export const buildDocs = () => buildPackage(DOCS)

async function buildPackage({ name, folder, output, sources, command }) {
  const [script, ...args] = command
  const newest = Math.max(...sources.map((source) => newestIn(join(ROOT, source))))
  // Written last, and not into what is published: a build that was cut off is not taken for one.
  const stamp = join(ROOT, 'node_modules', `.openbursar-built-${name}`)
  if (existsSync(join(ROOT, folder, output)) && newestIn(stamp) > newest) return
  const startedAt = new Date()
  await step(name, () => {
    const result = spawnSync(nodeBinary(), [join(ROOT, script), ...args], {
      cwd: join(ROOT, folder),
      // Jest's "test" would give people the slow React that is made for development.
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
  const [only] = process.argv.slice(2)
  try {
    await (only === 'docs' ? buildDocs() : build({ docs: only !== 'without-docs' }))
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}\n`)
    process.exit(1)
  }
}
