import { BillExpireJob } from '../../src/domains/bills/bill-expire.job.js'
import { CreateFeeItem } from '../../src/domains/bills/fee-item.schema.js'
import { FeeItemService } from '../../src/domains/bills/fee-item.service.js'
import { DepartmentService } from '../../src/domains/identity/department.service.js'
import { CreatePayer } from '../../src/domains/payers/payer.schema.js'
import { PayerService } from '../../src/domains/payers/payer.service.js'
import { PaymentExpireJob } from '../../src/domains/payments/payment-expire.job.js'
import { PaymentQueryJob } from '../../src/domains/payments/payment-query.job.js'
import { LateSuccessRefundJob } from '../../src/domains/refunds/late-success-refund.job.js'
import { RefundPollJob } from '../../src/domains/refunds/refund-poll.job.js'
import { EventRelayJob } from '../../src/domains/webhooks/events/event-relay.job.js'
import { type Action, actionsOf, deliverLetter, inTask, type Memory } from './actions.js'
import { AppCalls } from './app-calls.js'
import { type PlantedBug, plant } from './planted-bugs.js'
import { SimulatedJobs } from './simulated-jobs.js'
import { checkAtRest, checkNow, type Finding } from './truths.js'
import { openWorld, type World } from './world.js'

export interface SimulationOptions {
  /** A migrated database that nobody else uses. */
  readonly databaseUrl: string
  readonly seed: number
  readonly steps: number
  readonly bug?: PlantedBug | undefined
  readonly onProgress?: (step: number) => void
}

export interface SimulationResult {
  readonly seed: number
  /** How far it came: fewer than asked for when something was found. */
  readonly steps: number
  readonly findings: readonly Finding[]
  /** How often each action happened. */
  readonly actions: Readonly<Record<string, number>>
  /** The last turns before the end. */
  readonly trace: readonly string[]
}

const CHECK_EVERY = 250
const TASKS_MAX = 8
const TURNS_MAX = 14
const TRACE_MAX = 400
/** Refunds above this wait for a second person. */
const THRESHOLD = 15_000
const REST_ROUNDS_MAX = 400

/** One run: actions and turns as the seed says, checks on the way, then rest, then the last check. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { databaseUrl, seed, steps, bug, onProgress } = options
  const trace: string[] = []
  const onTrace = (line: string) => {
    trace.push(line)
    if (trace.length > TRACE_MAX) trace.shift()
  }
  const world = await openWorld({ databaseUrl, seed, onTrace })
  const mend = bug ? plant(world, bug) : () => {}
  const counts: Record<string, number> = {}
  const result = (step: number, findings: readonly Finding[]): SimulationResult => ({
    ...{ seed, steps: step, findings, actions: counts, trace: [...trace] },
  })
  try {
    const run = await prepare(world)
    for (let step = 1; step <= steps; step++) {
      const action = world.random.weighted(run.actions)
      counts[action.name] = (counts[action.name] ?? 0) + 1
      onTrace(`step ${step} ${action.name}`)
      await takeStep(world, action)
      if (step % CHECK_EVERY > 0) continue
      onProgress?.(step)
      const findings = await checkNow(world)
      if (findings.length > 0) return result(step, findings)
    }
    await comeToRest(world, run)
    return result(steps, await checkAtRest(world, run.calls))
  } finally {
    mend()
    await world.close()
  }
}

interface Run {
  readonly actions: readonly Action[]
  readonly calls: AppCalls
  readonly jobs: SimulatedJobs
  readonly memory: Memory
}

async function prepare(world: World): Promise<Run> {
  const { app, caller } = world
  const calls = new AppCalls(world)
  const jobs = new SimulatedJobs(world, [
    app.get(PaymentQueryJob),
    app.get(RefundPollJob),
    app.get(LateSuccessRefundJob),
  ])
  const payer = await app
    .get(PayerService)
    .create(
      caller,
      CreatePayer.parse({ kind: 'student', number_type: 'student_no', number: '1', name: '张三' }),
    )
  const item = CreateFeeItem.parse({ code: 'sim', name: '学费', kind: 'tuition' })
  const feeItem = await app.get(FeeItemService).create(caller, item)
  await app.get(DepartmentService).update(caller, caller.department_id, {
    refund_approval_threshold: THRESHOLD,
  })
  const memory: Memory = {
    ...{ payer: payer.body.id, feeItem: feeItem.body.id },
    ...{ bills: [], checkouts: [], payments: [], refunds: [] },
  }
  const periodic = periodicOf(world)
  return { calls, jobs, memory, actions: actionsOf(world, calls, jobs, periodic, memory) }
}

const periodicOf = ({ app }: World) => [
  app.get(EventRelayJob),
  app.get(PaymentExpireJob),
  app.get(BillExpireJob),
]

/** One thing happens; then whoever is in the middle of something goes on for a few turns. */
async function takeStep(world: World, action: Action): Promise<void> {
  const { scheduler, random } = world
  await action.run()
  let turns = random.below(TURNS_MAX)
  while (turns > 0 || scheduler.alive.length > TASKS_MAX) {
    if (!(await scheduler.step())) break
    turns -= 1
  }
}

/** The line is mended, the apps and the queue get their answers, and time passes until nothing is left to do. */
async function comeToRest(world: World, { calls, jobs }: Run): Promise<void> {
  const { scheduler, provider, clock } = world
  provider.isDown = false
  for (let round = 0; round < REST_ROUNDS_MAX; round++) {
    await scheduler.runAll()
    calls.noticeDeaths()
    await jobs.freeDead()
    for (const refund of provider.refunds.values()) provider.settleRefund(refund, false)
    for (let waiting = calls.unanswered.length; waiting > 0; waiting--) {
      await calls.retry()
      await scheduler.runAll()
    }
    for (const task of periodicOf(world)) {
      await inTask(world, task.name, () => task.run())
      await scheduler.runAll()
    }
    for (const letter of provider.letters.filter(({ mustArrive }) => mustArrive)) {
      await deliverLetter(world, letter)
      await scheduler.runAll()
    }
    const due = await jobs.due()
    for (const job of due) {
      await jobs.start(job)
      await scheduler.runAll()
    }
    await inTask(world, 'event-relay', () => world.app.get(EventRelayJob).run())
    await scheduler.runAll()
    if (calls.unanswered.length === 0 && (await isQuiet(world))) return
    clock.advance(30_000 + round * 1_000)
  }
}

/** Nothing waits any more but what a person has to look at. */
async function isQuiet(world: World): Promise<boolean> {
  const { rows } = await world.database.pool.query(
    `select from graphile_worker._private_jobs job
       join graphile_worker._private_tasks task on task.id = job.task_id
      where task.identifier not in ('webhook-deliver', 'late-success-refund')
        and job.attempts < job.max_attempts
     union all
     select from late_successes
      where status <> 'refunded' and not channel_refund_no = any($1) limit 1`,
    [refusedNumbers(world)],
  )
  return rows.length === 0
}

/** Refunds that the payer’s own account refused, by the numbers we gave them. */
function refusedNumbers({ provider }: World): string[] {
  return [...provider.refunds.values()].flatMap(({ refund_no, state }) =>
    state === 'failed' ? [refund_no] : [],
  )
}
