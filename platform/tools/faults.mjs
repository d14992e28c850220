import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, nodeBinary, ROOT, runTool, toolEnvironment } from './install.mjs'

/** `npm run faults -- [options]`: builds, and breaks a platform of its own on purpose. */
const SERVER = join(ROOT, 'platform/server')
ensureInstalled()
runTool('build.mjs')
const child = spawn(
  nodeBinary(),
  [
    ...['--import', join(SERVER, 'bench/support/typescript.mjs')],
    ...[join(SERVER, 'test/faults/faults.main.ts'), ...process.argv.slice(2)],
  ],
  { cwd: ROOT, env: toolEnvironment(), stdio: 'inherit' },
)
// Ctrl-C reaches the child as well; it stops what it started, and we wait for it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGINT'))
child.once('exit', (code) => process.exit(code ?? 1))
