import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { nodeBinary, ROOT, toolEnvironment } from './install.mjs'

/** What can be said of the code without running it. None of these needs another, so two run at a time. */
const CHECKS = [
  ['types of the server', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'platform/server'],
  ['what is generated', 'platform/tools/generate.mjs', '--check'],
  ['types of the pages', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'platform/console'],
  ['style', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ['types of the SDK', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'sdk'],
]
const AT_ONCE = 2

const waiting = [...CHECKS]
const failed = []
await Promise.all(Array.from({ length: AT_ONCE }, work))
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}`)
  process.exit(1)
}

async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, script, ...args] = next
    const startedAt = Date.now()
    const { code, output } = await run(script, args)
    const time = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
    // In one piece: two checks never mix their lines.
    process.stderr.write(`Checking ${name} … ${time}\n${code === 0 ? '' : output}`)
    if (code !== 0) failed.push(name)
  }
}

function run(script, args) {
  return new Promise((resolve) => {
    const child = spawn(nodeBinary(), [join(ROOT, script), ...args], {
      cwd: ROOT,
      env: toolEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    child.once('close', (code) => resolve({ code, output }))
  })
}
