import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, nodeBinary, ROOT, runTool, toolEnvironment } from './install.mjs'

/** `npm run simulate -- [options]`: builds the server and runs the simulation of the money core. */
const SERVER = join(ROOT, 'platform/server')
ensureInstalled()
runTool('build-server.mjs')
const child = spawn(
  nodeBinary(),
  [
    ...['--import', join(SERVER, 'bench/support/typescript.mjs')],
    ...[join(SERVER, 'test/simulation/simulate.main.ts'), ...process.argv.slice(2)],
  ],
  { cwd: ROOT, env: toolEnvironment(), stdio: 'inherit' },
)
process.on('SIGINT', () => {})
child.once('exit', (code) => process.exit(code ?? 1))
