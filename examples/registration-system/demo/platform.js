import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { StepError, until } from './step.js'

export const ROOT = resolve(import.meta.dirname, '../../..')
const START_PATIENCE_MS = 180_000
const RESTARTS_MAX = 3

/** Where the platform keeps its data: the same rule as its own. */
export function dataDir() {
  return resolve(ROOT, process.env.DATA_DIR || '.data')
}

export function logFile(name) {
  mkdirSync(join(dataDir(), 'logs'), { recursive: true })
  return join(dataDir(), 'logs', name)
}

/** Finds the running platform as the command line does, or starts one that lives as long as the demo. */
export async function ensurePlatform(cleanUp, tell) {
  const found = readPlatformFile()
  if (found && isAlive(found.pid)) {
    await whenReady()
    tell(`found ${found.api_base}`)
    return
  }
  const log = logFile('demo-platform.log')
  const platform = new OwnPlatform(log)
  cleanUp.add(() => platform.stop())
  platform.start()
  await until(
    'a platform that answers /readyz',
    async () => {
      platform.throwIfBroken()
      return isReady()
    },
    { patienceMs: START_PATIENCE_MS, look: log },
  )
  tell(`started ${readPlatformFile().api_base} for this demo`)
}

/** The platform under `npm start`, stopped in order at the end, and started again when it dies before. */
class OwnPlatform {
  #log
  #child
  #isStopping = false
  #starts = 0

  constructor(log) {
    this.#log = log
  }

  start() {
    const output = openSync(this.#log, 'a')
    this.#starts += 1
    this.#child = spawn(process.execPath, [join(ROOT, 'platform/tools/start.mjs')], {
      cwd: ROOT,
      // Ctrl-C must reach us alone: the platform goes last.
      detached: true,
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    this.#child.once('exit', () => {
      if (!this.#isStopping && this.#starts <= RESTARTS_MAX) this.start()
    })
  }

  throwIfBroken() {
    if (this.#starts <= RESTARTS_MAX) return
    throw new StepError(`Expected the platform to start; it did not. Its output: ${this.#log}`)
  }

  async stop() {
    this.#isStopping = true
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await exited
  }
}

/** Waits until the platform serves. */
export function whenReady() {
  return until('the platform to answer /readyz', isReady, { look: logFile('api.log') })
}

async function isReady() {
  const platform = readPlatformFile()
  if (!platform) return undefined
  const { ok } = await fetch(`${platform.api_base}/readyz`, { signal: AbortSignal.timeout(5_000) })
  return ok || undefined
}

/** Undefined while no platform has finished starting here. */
function readPlatformFile() {
  try {
    return JSON.parse(readFileSync(join(dataDir(), 'platform.json'), 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
