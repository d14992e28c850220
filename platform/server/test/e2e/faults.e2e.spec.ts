import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { ROOT } from '../support/bursar-command.js'

const SERVER = join(ROOT, 'platform/server')
const TIMEOUT_MS = 8 * 60_000

/**
 * What CI does of `npm run faults`; see docs/reference/faults.md for the rest. Two at a time, each on a platform
 * of its own: a caller whose API died waits a minute for its key, and meanwhile the machine is idle.
 */
const LANES = [
  ['api-kill', 'worker-kill', 'channel-dead'],
  ['postgres-kill', 'same-create', 'many-refunds', 'single-use'],
]
const NAMES = LANES.flat()

interface Outcome {
  readonly name: string
  readonly result: string
  readonly acknowledged: number
  readonly problems: readonly string[]
}

let outcomes: readonly Outcome[] = []

beforeAll(async () => {
  const runs = LANES.map((names) => run('--short', '--json', '--only', names.join(',')))
  outcomes = (await Promise.all(runs)).flatMap((text): Outcome[] => JSON.parse(text))
}, TIMEOUT_MS)

test('all of the short run is here', async () => {
  const listed = (await run('--short', '--list')).trim().split('\n')
  expect(listed.map((line) => line.split(' ')[0]).sort()).toEqual([...NAMES].sort())
})

test.each(NAMES)('under load, %s harms nothing', (name) => {
  const outcome = outcomes.find((one) => one.name === name)
  expect(outcome).toMatchObject({ result: 'passed', problems: [] })
  expect(outcome?.acknowledged).toBeGreaterThan(20)
})

test('a fault that nobody knows is not passed over', async () => {
  await expect(run('--only', 'earthquake')).rejects.toThrow('No such scenario: earthquake')
})

/** What it says on standard output, also when it ends with 1: then the outcomes say why. */
function run(...args: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env
  const hook = join(SERVER, 'bench/support/typescript.mjs')
  const main = join(SERVER, 'test/faults/faults.main.ts')
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', hook, main, ...args],
      { cwd: ROOT, env, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => {
        if (stdout === '') reject(new Error(stderr, { cause: error }))
        else resolve(stdout)
      },
    )
  })
}
