import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, nodeBinary, ROOT, runTool, toolEnvironment } from './install.mjs'

/** `npm run bench -- NAME [options]`: builds the server and runs one benchmark. */
const BENCH = join(ROOT, 'platform/server/bench')
const [name = '', ...args] = process.argv.slice(2)
const script = join(BENCH, `${name}.main.ts`)
if (!/^[a-z-]+$/.test(name) || !existsSync(script)) {
  const known = readdirSync(BENCH).flatMap((file) => /^(.+)\.main\.ts$/.exec(file)?.[1] ?? [])
  console.error(`Usage: npm run bench -- NAME [options]\nBenchmarks: ${known.join(', ')}`)
  process.exit(2)
}
ensureInstalled()
runTool('build-server.mjs')
const child = spawn(
  nodeBinary(),
  ['--import', join(BENCH, 'support/typescript.mjs'), script, ...args],
  { cwd: ROOT, env: toolEnvironment(), stdio: 'inherit' },
)
// Ctrl-C reaches the child as well; it stops what it started, and we wait for it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGINT'))
child.once('exit', (code) => process.exit(code ?? 1))
