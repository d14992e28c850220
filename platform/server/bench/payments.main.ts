import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BenchPlatform } from './support/platform.js'
import { machineText, reportOf } from './support/report.js'
import { type Comparison, type Contestant, compare, fill, type Scenario } from './support/rounds.js'

/** `npm run bench -- payments`: creating and reading payments, against a server written by hand. */
const HELP = `Usage: npm run bench -- payments [options]

  --rounds N      rounds per side and scenario (5)
  --seconds N     seconds per round (5)
  --clients A,B   clients of the creating scenarios (64,256); reading takes the first
  --only WHAT     create or read
  --node-flags=F  flags for the API process, such as --cpu-prof
`
const SECONDS_MAX = 60

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '64,256' },
    only: { type: 'string' },
    'node-flags': { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const options = {
  rounds: wholeNumber('--rounds', values.rounds, 100),
  seconds: wholeNumber('--seconds', values.seconds, SECONDS_MAX),
}
const scenarios = scenariosOf(
  values.clients.split(',').map((text) => wholeNumber('--clients', text, 5000)),
)

const comparisons: Comparison[] = []
const platform = await BenchPlatform.start()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // What was measured so far is worth keeping.
    printReport()
    void platform.stop().finally(() => process.exit(130))
  })
}
try {
  await requireDurability()
  const credentials = await platform.createApp()
  const nodeFlags = values['node-flags'].split(' ').filter((flag) => flag !== '')
  const ours: Contestant = { name: 'ours', server: await platform.startApi(nodeFlags), credentials }
  const script = join(import.meta.dirname, 'payments.floor.ts')
  const floor: Contestant = {
    name: 'floor',
    server: await platform.startFloor(script),
    credentials,
  }
  if (values.only === 'read') await fill(platform, ours)
  for (const scenario of scenarios) {
    comparisons.push(await compare(platform, scenario, [ours, floor], options))
  }
  printReport()
} finally {
  await platform.stop()
}

function printReport(): void {
  console.log(`\n${machineText()}`)
  console.log(
    `${options.rounds} rounds of ${options.seconds} s per side, in turn. Median [min–max].\n`,
  )
  console.log(reportOf(comparisons))
}

function scenariosOf(clients: readonly number[]): Scenario[] {
  const creates = clients.map(
    (count): Scenario => ({
      name: 'signed POST /v1/payments',
      clients: count,
      kind: 'create',
    }),
  )
  const reads: Scenario = {
    name: 'signed GET /v1/payments/{id}',
    clients: clients[0] ?? 64,
    kind: 'read',
  }
  return [...creates, reads].filter(({ kind }) => !values.only || values.only === kind)
}

/** A number that was measured without waiting for the disk would say nothing. */
async function requireDurability(): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await platform.pool.query(`show ${setting}`)
    if (rows[0]?.[setting] !== 'on') throw new Error(`PostgreSQL runs with ${setting} off`)
  }
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new Error(`${name} must be a whole number from 1 to ${max}, not "${text}"`)
}
