import { newNumber } from '../support/fixtures.js'
import { pause, until } from '../support/until.js'
import { checkAll } from './checks.js'
import type { FaultPlatform } from './fault-platform.js'
import { Load } from './load.js'
import type { Scenario, Stage } from './scenario.types.js'
import { settle } from './settling.js'

const WARM_UP_ANSWERS = 40
const WARM_UP_MS_MAX = 60_000
const AFTERGLOW_MS = 2_000
/** Longer than anything may take: a platform that never comes back fails, it does not hang. */
const RECOVERY_MS_MAX = 180_000
const CLIENTS = { short: 4, long: 8 }

export interface Outcome {
  readonly name: string
  readonly does: string
  readonly result: 'passed' | 'failed' | 'skipped'
  readonly requests: number
  readonly retries: number
  readonly acknowledged: number
  /** The slowest of its blows, from the kill or repair on. */
  readonly back_ms: number | null
  readonly settled_ms: number | null
  readonly notes: readonly string[]
  readonly problems: readonly string[]
}

/** One fault under load, and everything that must hold afterwards. */
export async function runScenario(
  scenario: Scenario,
  platform: FaultPlatform,
  isShort: boolean,
): Promise<Outcome> {
  const load = new Load(platform.apps, isShort ? CLIENTS.short : CLIENTS.long)
  const { memory } = load
  const notes: string[] = []
  const problems: string[] = []
  let backMs: number | null = null
  let lastRepairMs = Date.now()
  let settledMs: number | null = null
  const stage: Stage = {
    platform,
    load,
    isShort,
    note: (text) => void notes.push(text),
    async recovered(sinceMs) {
      lastRepairMs = sinceMs
      await isBack(platform)
      backMs = Math.max(backMs ?? 0, Date.now() - sinceMs)
    },
  }
  load.start()
  try {
    await until(
      async () => memory.acknowledged.length,
      (count) => count >= WARM_UP_ANSWERS,
      WARM_UP_MS_MAX,
    )
    await scenario.strike(stage)
    await pause(AFTERGLOW_MS)
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  } finally {
    await load.stop()
  }
  if (problems.length === 0) {
    const settling = await settle(platform, memory, lastRepairMs, scenario.settleWithinMs)
    settledMs = settling.settledMs
    problems.push(...settling.problems)
  }
  const found = await checkAll(platform, memory)
  const { allows } = scenario
  problems.push(...found.filter((text) => !(text.startsWith('refused') && allows?.test(text))))
  if (backMs !== null && backMs > scenario.backWithinMs) {
    problems.push(`it was back after ${backMs} ms, allowed are ${scenario.backWithinMs}`)
  }
  for (const [text, count] of memory.retries) notes.push(`tried again: ${count} × ${text}`)
  return {
    name: scenario.name,
    does: scenario.does,
    result: problems.length === 0 ? 'passed' : 'failed',
    requests: memory.requests,
    retries: memory.retryCount,
    acknowledged: memory.acknowledged.length,
    back_ms: backMs,
    settled_ms: settledMs,
    notes,
    problems,
  }
}

/** The API creates, and the worker tells of it. */
async function isBack(platform: FaultPlatform): Promise<void> {
  const [app] = platform.apps
  if (!app) throw new Error('the platform has no app')
  const params = { out_trade_no: newNumber(), amount: 100, subject: 'Is it back?' }
  const payment = await until(
    () => app.bursar.payments.create(params, { timeoutMs: 3_000 }).catch(() => null),
    (made) => made !== null,
    RECOVERY_MS_MAX,
  )
  await until(
    async () => payment !== null && app.sink.has('payment.created', payment.id),
    (isTold) => isTold,
    RECOVERY_MS_MAX,
  )
}
