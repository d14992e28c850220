import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, nodeBinary, ROOT } from './install.mjs'

/** `npm start`: installs what is missing, builds, and runs the whole platform. */
ensureInstalled()

let child = null
let isStopping = false
let docs = null
// Ctrl-C reaches the child as well; we only wait for it to stop everything in order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))
// npm may be killed without a word to us: then nobody is left who could stop the platform.
const parent = process.ppid
if (process.env.npm_lifecycle_event === 'start') {
  setInterval(() => process.ppid !== parent && stop('SIGTERM'), 1_000).unref()
}

await run([join(ROOT, 'platform/tools/build.mjs'), 'without-docs'], [])
docs = buildDocs()
const main = join(ROOT, 'platform/server/dist/processes/dev.main.js')
// By the channel it notices when we are killed.
await run(['--enable-source-maps', main], ['ipc'])
docs.kill()
process.exit(0)

/** The platform serves the documentation as soon as it is there, and does not wait for it. */
function buildDocs() {
  const args = [join(ROOT, 'platform/tools/build.mjs'), 'docs']
  const builder = spawn(nodeBinary(), args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  builder.stderr.on('data', (chunk) => {
    said += chunk
  })
  builder.once('exit', (code) => {
    if (code !== 0 && code !== null) console.error(`The documentation could not be built:\n${said}`)
  })
  return builder
}

function stop(signal) {
  isStopping = true
  docs?.kill()
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
