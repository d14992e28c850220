import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, nodeBinary, ROOT, toolEnvironment } from './install.mjs'

/** `npm run demo`: the story of one course, from enrolling to a refund and balanced books. */
ensureInstalled()
const child = spawn(nodeBinary(), [join(ROOT, 'examples/registration-system/demo/main.js')], {
  cwd: ROOT,
  env: toolEnvironment(),
  stdio: 'inherit',
})
// Ctrl-C reaches the demo as well; it stops what it started, and we wait for that.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.once('exit', (code) => process.exit(code ?? 1))
