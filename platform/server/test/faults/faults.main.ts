import { parseArgs } from 'node:util'
import { FaultPlatform } from './fault-platform.js'
import { detailsOf, machineText, reportOf } from './report.js'
import { type Outcome, runScenario } from './run-scenario.js'
import type { Prepared, Scenario } from './scenario.types.js'
import { SCENARIOS } from './scenarios.js'

/** `npm run faults`: breaks a platform of its own in every way it knows, and looks at what is left. */
const HELP = `Usage: npm run faults -- [options]

  --only A,B    these scenarios only
  --short       the short ones only, with less load: what CI runs
  --beside DIR  another checkout, built, that plays the other version
  --list        the scenarios
  --json        the outcomes as JSON on standard output
`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    beside: { type: 'string' },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const options = { beside: values.beside ?? null }
/** Progress never mixes with the outcomes. */
const say = (text: string) => (values.json ? console.error(text) : console.log(text))

if (values.help) {
  console.log(HELP)
  process.exit(0)
}
/** A plain platform serves one scenario after the other, until one of them fails on it. */
let shared: { readonly key: string; readonly platform: FaultPlatform } | undefined
let dispose: (() => Promise<void>) | undefined

const chosen = chooseScenarios()
if (values.list) {
  for (const { name, does, isShort } of chosen) {
    console.log(`${name.padEnd(18)}${isShort ? 'short  ' : '       '}${does}`)
  }
  process.exit(0)
}
const outcomes: Outcome[] = []
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say(`\n${reportOf(outcomes)}\nStopping …`)
    void stopAll().finally(() => process.exit(130))
  })
}
for (const scenario of chosen) {
  say(`${scenario.name}: ${scenario.does} …`)
  const outcome = await perform(scenario)
  outcomes.push(outcome)
  say(`  ${outcome.result}\n${detailsOf(outcome)}`)
}
await stopAll()
if (values.json) console.log(JSON.stringify(outcomes))
else console.log(`\n\`${machineText()}\`\n\n${reportOf(outcomes)}`)
process.exit(outcomes.some(({ result }) => result === 'failed') ? 1 : 0)

function chooseScenarios(): Scenario[] {
  const names = values.only?.split(',')
  const unknown = names?.filter((name) => !SCENARIOS.some((one) => one.name === name)) ?? []
  if (unknown.length > 0) {
    console.error(`No such scenario: ${unknown.join(', ')}. --list names them.`)
    process.exit(2)
  }
  return SCENARIOS.filter(({ name }) => names?.includes(name) ?? true).filter(
    ({ isShort }) => !values.short || isShort,
  )
}

async function perform(scenario: Scenario): Promise<Outcome> {
  const reason = scenario.missing?.(options) ?? null
  if (reason !== null) return withoutRun(scenario, 'skipped', [reason], [])
  let outcome: Outcome
  try {
    const platform = await platformFor(await scenario.prepare?.(options))
    outcome = await runScenario(scenario, platform, values.short)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    outcome = withoutRun(scenario, 'failed', [], [text])
  }
  if (outcome.result === 'failed' || dispose) await stopAll()
  return outcome
}

async function platformFor(prepared: Prepared | undefined): Promise<FaultPlatform> {
  const key = JSON.stringify(prepared?.settings ?? {})
  if (shared?.key === key && !prepared?.dispose) return shared.platform
  await stopAll()
  dispose = prepared?.dispose
  const platform = await FaultPlatform.start(prepared?.settings)
  shared = { key, platform }
  return platform
}

async function stopAll(): Promise<void> {
  await shared?.platform.stop()
  shared = undefined
  await dispose?.()
  dispose = undefined
}

function withoutRun(
  { name, does }: Scenario,
  result: 'failed' | 'skipped',
  notes: readonly string[],
  problems: readonly string[],
): Outcome {
  const counts = { requests: 0, retries: 0, acknowledged: 0, back_ms: null, settled_ms: null }
  return { name, does, result, ...counts, notes, problems }
}
