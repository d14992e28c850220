import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, nodeBinary, ROOT, toolEnvironment } from './install.mjs'

/** `npm test`: installs what is missing, builds, checks types and style, and runs every test. */
ensureInstalled()
const { build } = await import('./build.mjs')
await build()
// With arguments it is for one's own files: only those tests, and nothing else.
const own = process.argv.slice(2)
if (own.length === 0) {
  const { generateAll } = await import('./generate.mjs')
  await generateAll({ check: true })
  run('style', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'])
  for (const project of ['platform/server', 'platform/console', 'sdk']) {
    run(`types of ${project}`, 'typescript/bin/tsc', ['--noEmit', '-p', project])
  }
}
run('tests', 'jest/bin/jest.js', own, ['--experimental-vm-modules', '--no-warnings'])

function run(name, script, args, nodeFlags = []) {
  process.stderr.write(`Checking ${name} …\n`)
  const { status } = spawnSync(
    nodeBinary(),
    [...nodeFlags, join(ROOT, 'node_modules', script), ...args],
    { cwd: ROOT, env: toolEnvironment(), stdio: 'inherit' },
  )
  if (status !== 0) process.exit(status ?? 1)
}
