import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nodeBinary, ROOT, runTool, toolEnvironment } from './install.mjs'

/**
 * `npm run openapi:release`: freezes openapi/v1.yaml as openapi/released/v1.yaml, which from then on nothing may
 * break. Refuses a document that breaks the frozen one itself; `-- --replace` is for one that nobody has yet.
 */
const RELEASED = join(ROOT, 'openapi/released/v1.yaml')
const isReplacing = process.argv.includes('--replace')

runTool('generate.mjs', ['--check'])
if (existsSync(RELEASED) && !isReplacing) judge()
const text = readFileSync(join(ROOT, 'openapi/v1.yaml'), 'utf8')
const version = /^ {2}version: "?([\w-]+)"?$/m.exec(text)?.[1]
if (!version) throw new Error('openapi/v1.yaml names no version')
const today = new Date().toISOString().slice(0, 10)
mkdirSync(dirname(RELEASED), { recursive: true })
writeFileSync(
  RELEASED,
  `# Version ${version}, released on ${today} by \`npm run openapi:release\`. Do not edit.\n${text.replace(/^#.*\n/, '')}`,
)
console.log(`openapi/released/v1.yaml is version ${version} of ${today}; commit it.`)

function judge() {
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    'released-contract',
  ]
  const { status } = spawnSync(nodeBinary(), args, {
    cwd: ROOT,
    env: toolEnvironment(),
    stdio: 'inherit',
  })
  if (status === 0) return
  console.error(
    'It breaks what is released. Write a dated version (platform/server/src/versions), or, if nobody has ' +
      'the released one yet: npm run openapi:release -- --replace',
  )
  process.exit(1)
}
