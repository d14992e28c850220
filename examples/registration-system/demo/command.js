import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './platform.js'
import { PassingError } from './step.js'

const run = promisify(execFile)
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024
/** What the platform's commands answer when there is no platform or no database to work on. */
const NOT_NOW = 2

/** Runs one of the platform's commands (`bursar`, `check-books`, `ledger-export`) and returns its output. */
export async function command(name, ...args) {
  const script = join(ROOT, `platform/server/dist/processes/${name}.main.js`)
  try {
    const options = { cwd: ROOT, maxBuffer: OUTPUT_BYTES_MAX }
    const { stdout } = await run(process.execPath, [script, ...args], options)
    return stdout
  } catch (error) {
    const said = `${name} said (code ${error.code}): ${error.stdout}${error.stderr}`
    const isPassing = error.code === NOT_NOW || /ECONNREFUSED|ECONNRESET|57P0[123]/.test(said)
    throw isPassing ? new PassingError(said) : new Error(said)
  }
}
