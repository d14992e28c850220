import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EmbeddedPostgres } from '../../src/infra/database/embedded-postgres.js'
import { Migrator } from '../../src/infra/database/migrator.js'
import { migrateJobs } from '../../src/infra/jobs/jobs.js'
import { PLANTED_BUGS } from './planted-bugs.js'
import { type SimulationResult, simulate } from './simulation.js'

/** `npm run simulate`: the money core under a seed, on a PostgreSQL of its own. */
const HELP = `Usage: npm run simulate -- [options]

  --seed N     the same seed is the same run (a fresh one)
  --steps M    how many things happen (20000)
  --plant BUG  break the platform in a known way, to see that it is found:
               ${PLANTED_BUGS.join(', ')}
  --trace      print the last turns when something was found
`
const ROOT = resolve(import.meta.dirname, '../../../..')

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    steps: { type: 'string', default: '20000' },
    plant: { type: 'string' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const seed = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('--seed', values.seed)
const steps = wholeNumber('--steps', values.steps)
const bug = PLANTED_BUGS.find((known) => known === values.plant)
if (values.plant !== undefined && bug === undefined) refuse(`There is no bug ${values.plant}.`)

const dataDir = await mkdtemp(join(tmpdir(), 'openbursar-simulate-'))
const postgres = new EmbeddedPostgres(dataDir, join(dataDir, 'postgres.log'))
try {
  const databaseUrl = await postgres.start()
  await new Migrator(join(ROOT, 'prisma')).apply(databaseUrl)
  await migrateJobs(databaseUrl)
  console.log(`seed ${seed}, ${steps} steps${bug ? `, planted: ${bug}` : ''}`)
  const startedAt = Date.now()
  const onProgress = (step: number) => {
    if (step % 1_000 === 0) console.log(`  ${step} steps, ${seconds(startedAt)} s`)
  }
  report(await simulate({ databaseUrl, seed, steps, bug, onProgress }), startedAt)
} finally {
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}

function report(result: SimulationResult, startedAt: number): void {
  const actions = Object.entries(result.actions).sort(([, a], [, b]) => b - a)
  console.log(actions.map(([name, count]) => `${String(count).padStart(7)}  ${name}`).join('\n'))
  if (result.findings.length === 0) {
    console.log(`The books are right after ${result.steps} steps (${seconds(startedAt)} s).`)
    return
  }
  if (values.trace) console.log(result.trace.join('\n'))
  console.log(`Found after ${result.steps} steps (${seconds(startedAt)} s):`)
  for (const finding of result.findings.slice(0, 20)) console.log(`- ${finding}`)
  const again = `--seed ${result.seed} --steps ${steps}${bug ? ` --plant ${bug}` : ''}`
  console.log(`To see it again: npm run simulate -- ${again}`)
  process.exitCode = 1
}

function seconds(sinceMs: number): string {
  return ((Date.now() - sinceMs) / 1000).toFixed(1)
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  return refuse(`${option} takes a whole number, not ${text}.`)
}

function refuse(problem: string): never {
  console.error(`${problem}\n\n${HELP}`)
  process.exit(2)
}
