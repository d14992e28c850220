import { EventEmitter } from 'node:events'
import { Logger, type Runner, run, runMigrations, type TaskList } from 'graphile-worker'
import type { Pool } from 'pg'
import { currentAppTime, toRealTime } from '../clock/app-time.js'
import type { SqlReader, Transaction } from '../database/database.js'
import { WorkerLocks } from './worker-locks.js'

export interface NewJob {
  readonly name: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly runAt?: Date
  /** Instead of `runAt`, by the database's clock: whoever adds it may have a wrong one. */
  readonly delayMs?: number
  /** A job with the same key replaces a waiting one, so a thing is never asked about twice at once. */
  readonly key?: string
  readonly attemptsMax?: number
}

const ATTEMPTS_MAX_DEFAULT = 25

/**
 * A job that is added in an app's own time says so: it runs in that time, and moves when the app's clock is
 * set forward. The queue itself knows the real time only.
 */
function inAppTime(job: NewJob): NewJob {
  const time = currentAppTime()
  if (!time) return job
  const payload = { ...job.payload, clock_app_id: time.app_id }
  return { ...job, payload, ...(job.runAt && { runAt: toRealTime(job.runAt) }) }
}

/** Adds a job inside the transaction of the change that needs it: no job is lost, none runs too early. */
export async function addJob(tx: Transaction, newJob: NewJob): Promise<void> {
  const job = inAppTime(newJob)
  await tx.query(
    `select graphile_worker.add_job($1, payload => $2::json,
       run_at => coalesce($3::timestamptz, now() + make_interval(secs => $6::float8 / 1000)),
       max_attempts => $4, job_key => $5)`,
    [
      job.name,
      JSON.stringify(job.payload),
      job.runAt ?? null,
      job.attemptsMax ?? ATTEMPTS_MAX_DEFAULT,
      job.key ?? null,
      job.delayMs ?? null,
    ],
  )
}

/** Many jobs in one round trip. Keys, where given, must differ from each other. */
export async function addJobs(tx: Transaction, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return
  const rows = jobs.map(inAppTime).map((job) => ({
    name: job.name,
    payload: job.payload,
    run_at: job.runAt ?? null,
    delay_ms: job.delayMs ?? null,
    max_attempts: job.attemptsMax ?? ATTEMPTS_MAX_DEFAULT,
    key: job.key ?? null,
  }))
  await tx.query(
    `select from graphile_worker.add_jobs((
       select array_agg((job.name, job.payload, null,
                         coalesce(job.run_at, now() + make_interval(secs => job.delay_ms / 1000)),
                         job.max_attempts, job.key, null, null)::graphile_worker.job_spec)
         from jsonb_to_recordset($1) as job(name text, payload json, run_at timestamptz,
              delay_ms float8, max_attempts smallint, key text)))`,
    [JSON.stringify(rows)],
  )
}

/** The waiting jobs of an app come nearer by so much. Those that a worker holds are under way anyway. */
export async function bringJobsForward(
  tx: Transaction,
  appId: string,
  stepMs: number,
): Promise<void> {
  await tx.query(
    `update graphile_worker._private_jobs
        set run_at = run_at - make_interval(secs => $2::float8 / 1000)
      where payload ->> 'clock_app_id' = $1 and locked_at is null and run_at > now()`,
    [appId, stepMs],
  )
}

/** How many jobs of an app should have run by now. */
export async function dueJobCount(reader: SqlReader, appId: string): Promise<number> {
  const [row] = await reader.query<{ due: number }>(
    `select count(*)::int as due from graphile_worker._private_jobs
      where payload ->> 'clock_app_id' = $1 and run_at <= now() and attempts < max_attempts`,
    [appId],
  )
  return row?.due ?? 0
}

/** One kind of background work. `run` may be called again for the same payload: it must be idempotent. */
export interface JobHandler {
  readonly name: string
  run(payload: unknown): Promise<void>
}

/** Work that repeats for as long as the process lives. */
export interface PeriodicTask {
  readonly name: string
  readonly everyMs: number
  run(): Promise<void>
}

/** Creates or updates the job tables. Safe to run from several processes at once. */
export async function migrateJobs(connectionString: string): Promise<void> {
  await runMigrations({ connectionString, logger: quiet })
}

const CONCURRENCY = 8
const POLL_INTERVAL_MS = 500
const UNLOCK_EVERY_MS = 5_000
const quiet = new Logger(() => () => {})

export interface JobRunnerOptions {
  readonly pool: Pool
  readonly handlers: readonly JobHandler[]
  readonly periodic: readonly PeriodicTask[]
  readonly onError: (error: unknown, name: string) => void
  /** Runs a job in the time of the app it was added for. Absent: everything is in real time. */
  readonly within?: (appId: string | null, work: () => Promise<void>) => Promise<void>
}

/** The app in whose own time a job was added; null: it was added in real time. */
function clockAppOf(payload: unknown): string | null {
  const isTagged = typeof payload === 'object' && payload !== null && 'clock_app_id' in payload
  return isTagged && typeof payload.clock_app_id === 'string' ? payload.clock_app_id : null
}

/** Runs jobs and periodic tasks until stopped. A failing job is tried again with back-off by the queue. */
export class JobRunner {
  private runner: Runner | undefined
  private isStopping = false
  private loops: Promise<void>[] = []
  private readonly locks: WorkerLocks

  constructor(private readonly options: JobRunnerOptions) {
    this.locks = new WorkerLocks(options.pool)
  }

  async start(): Promise<void> {
    const events = new EventEmitter()
    // The queue marks a job with the id of the pool that took it.
    events.on('pool:create', ({ workerPool }) => this.locks.add(workerPool.id))
    const taskList: TaskList = {}
    const within = this.options.within ?? ((_app, work) => work())
    for (const handler of this.options.handlers) {
      taskList[handler.name] = async (payload) => {
        try {
          await within(clockAppOf(payload), () => handler.run(payload))
        } catch (error) {
          this.options.onError(error, handler.name)
          throw error
        }
      }
    }
    this.runner = await run({
      pgPool: this.options.pool,
      taskList,
      concurrency: CONCURRENCY,
      pollInterval: POLL_INTERVAL_MS,
      noHandleSignals: true,
      logger: quiet,
      events,
    })
    await this.locks.refresh()
    const periodic = [...this.options.periodic, this.unlockTask()]
    this.loops = periodic.map((task) => this.repeat(task))
  }

  async stop(): Promise<void> {
    this.isStopping = true
    await Promise.all([this.runner?.stop(), ...this.loops])
    this.locks.release()
  }

  /** Jobs of a killed worker go on within seconds. */
  private unlockTask(): PeriodicTask {
    return {
      name: 'worker-unlock',
      everyMs: UNLOCK_EVERY_MS,
      run: async () => {
        await this.locks.refresh()
        await this.locks.unlockDead()
      },
    }
  }

  /** By a clock that never jumps: the machine's own may be set back by hours. */
  private async repeat(task: PeriodicTask): Promise<void> {
    while (!this.isStopping) {
      const startedAtMs = performance.now()
      try {
        await task.run()
      } catch (error) {
        this.options.onError(error, task.name)
      }
      await this.pause(Math.max(0, task.everyMs - (performance.now() - startedAtMs)))
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds
    while (!this.isStopping && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(100, until - performance.now())))
    }
  }
}
