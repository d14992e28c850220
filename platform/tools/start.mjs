import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, nodeBinary, ROOT } from './install.mjs'

/** `npm start`: installs what is missing, builds, and runs the whole platform. */
ensureInstalled()

let child = null
let isStopping = false
// Ctrl-C reaches the child as well; we only wait for it to stop everything in order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))
// npm may be killed without a word to us: then nobody is left who could stop the platform.
const parent = process.ppid
if (process.env.npm_lifecycle_event === 'start') {
  setInterval(() => process.ppid !== parent && stop('SIGTERM'), 1_000).unref()
}

await run([join(ROOT, 'platform/tools/build.mjs')], [])
const main = join(ROOT, 'platform/server/dist/processes/dev.main.js')
// By the channel it notices when we are killed.
await run(['--enable-source-maps', main], ['ipc'])
process.exit(0)

function stop(signal) {
  isStopping = true
  child?.kill(signal)
}

/** Ends this process when the child failed, which said why, or when we were told to stop. */
async function run(args, channels) {
  const stdio = ['inherit', 'inherit', 'inherit', ...channels]
  child = spawn(nodeBinary(), args, { cwd: ROOT, stdio })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  // It had nothing running yet, or it would have stopped in order and said so itself.
  if (isStopping && code === null) console.log('\nStopped.')
  if (isStopping) process.exit(code ?? 0)
  if (code !== 0) process.exit(code ?? 1)
}
