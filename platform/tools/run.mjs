import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, nodeBinary, ROOT, runTool } from './install.mjs'

/** Runs one of the server's commands, `node platform/tools/run.mjs <name> [arguments]`, up to date. */
ensureInstalled()
const [name, ...args] = process.argv.slice(2)
// This command is the SDK's.
runTool(args[0] === 'debug-signature' ? 'build.mjs' : 'build-server.mjs')
const script = join(ROOT, `platform/server/dist/processes/${name}.main.js`)
const child = spawn(nodeBinary(), [script, ...args], { stdio: 'inherit' })
// Ctrl-C reaches the command as well, which ends as it sees fit; we only wait.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.once('exit', (code) => process.exit(code ?? 1))
