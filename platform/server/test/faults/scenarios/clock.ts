import { existsSync, globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../../support/until.js'
import { describe } from '../load.js'
import type { Scenario, Stage } from '../scenario.types.js'

/** Where Debian puts it; another copy is named by this variable. */
const LIBRARY = '/usr/lib/*/faketime/libfaketimeMT.so.1'
const SHIFTS = ['+10m', '-10m'] as const
const WRONG_MS = 12_000
const FILES = { api: 'api.clock', worker: 'worker.clock' }

let clockDir = ''

/** The clock jumps in the running process: the library reads the file again every second. */
const setClock = (role: keyof typeof FILES, shift: string) =>
  writeFile(join(clockDir, FILES[role]), `${shift}\n`)

export const clock: readonly Scenario[] = [
  {
    name: 'clock-of-worker',
    does: `the worker's clock jumps 10 minutes ahead for ${WRONG_MS / 1000} s, then 10 minutes back, then right`,
    backWithinMs: 30_000,
    missing,
    prepare,
    async strike({ recovered }) {
      for (const shift of [...SHIFTS, '+0']) {
        await setClock('worker', shift)
        const shiftedAtMs = Date.now()
        if (shift !== '+0') await pause(WRONG_MS)
        await recovered(shift === '+0' ? shiftedAtMs : Date.now())
      }
    },
  },
  {
    name: 'clock-of-api',
    does: `the API's clock jumps 10 minutes ahead, then 10 minutes back, for ${WRONG_MS / 1000} s each, then right`,
    backWithinMs: 30_000,
    missing,
    prepare,
    async strike(stage) {
      for (const shift of SHIFTS) {
        await setClock('api', shift)
        await pause(WRONG_MS / 2)
        stage.note(`${shift}: a signed create was answered "${await answerOf(stage)}"`)
        await pause(WRONG_MS / 2)
      }
      await setClock('api', '+0')
      await stage.recovered(Date.now())
    },
  },
]

function answerOf({ platform }: Stage): Promise<string> {
  const [app] = platform.apps
  const made = app?.bursar.payments.list({ limit: 1 })
  return Promise.resolve(made).then(
    () => '2xx',
    (error) => describe(error),
  )
}

function findLibrary(): string | undefined {
  const { FAKETIME_LIBRARY = '' } = process.env
  return existsSync(FAKETIME_LIBRARY) ? FAKETIME_LIBRARY : globSync(LIBRARY)[0]
}

function missing(): string | null {
  return findLibrary() ? null : 'faketime is missing: apt-get install faketime'
}

async function prepare() {
  clockDir = await mkdtemp(join(tmpdir(), 'openbursar-clock-'))
  await Promise.all([setClock('api', '+0'), setClock('worker', '+0')])
  const envOf = (role: keyof typeof FILES) => ({
    LD_PRELOAD: findLibrary(),
    FAKETIME_TIMESTAMP_FILE: join(clockDir, FILES[role]),
    FAKETIME_CACHE_DURATION: '1',
    // Timers go by the clock that never jumps, as on a real machine.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  })
  return {
    settings: { apiEnv: envOf('api'), workerEnv: envOf('worker') },
    dispose: () => rm(clockDir, { recursive: true }),
  }
}
