import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, nodeBinary, ROOT, runTool, toolEnvironment } from './install.mjs'

/** `npm test`: installs what is missing, builds, checks types and style, and runs every test. */
ensureInstalled()
runTool('build.mjs')
// With arguments it is for one's own files: only those tests, and nothing else.
const own = process.argv.slice(2)
if (own.length === 0) runTool('check.mjs')
process.stderr.write('Running the tests …\n')
const flags = ['--experimental-vm-modules', '--no-warnings']
const { status } = spawnSync(
  nodeBinary(),
  [...flags, join(ROOT, 'node_modules/jest/bin/jest.js'), ...own],
  { cwd: ROOT, env: toolEnvironment(), stdio: 'inherit' },
)
process.exit(status ?? 1)
