import { EventEmitter } from 'node:events'
import { Logger, type Runner, run, runMigrations, type TaskList } from 'graphile-worker'
import type { Pool } from 'pg'
import type { Transaction } from '../database/database.js'
import { WorkerLocks } from './worker-locks.js'

export interface NewJob {
  readonly name: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly runAt?: Date
  /** A job with the same key replaces a waiting one, so a thing is never asked about twice at once. */
  readonly key?: string
  readonly attemptsMax?: number
}

const ATTEMPTS_MAX_DEFAULT = 25

/** Adds a job inside the transaction of the change that needs it: no job is lost, none runs too early. */
export async function addJob(tx: Transaction, job: NewJob): Promise<void> {
  await tx.query(
    `select graphile_worker.add_job($1, payload => $2::json, run_at => $3::timestamptz,
       max_attempts => $4, job_key => $5)`,
    [
      job.name,
      JSON.stringify(job.payload),
      job.runAt ?? null,
      job.attemptsMax ?? ATTEMPTS_MAX_DEFAULT,
      job.key ?? null,
    ],
  )
}

/** Many jobs in one round trip. Keys, where given, must differ from each other. */
export async function addJobs(tx: Transaction, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return
  const rows = jobs.map((job) => ({
    name: job.name,
    payload: job.payload,
    run_at: job.runAt ?? null,
    max_attempts: job.attemptsMax ?? ATTEMPTS_MAX_DEFAULT,
    key: job.key ?? null,
  }))
  await tx.query(
    `select from graphile_worker.add_jobs((
       select array_agg((job.name, job.payload, null, job.run_at, job.max_attempts, job.key, null,
                         null)::graphile_worker.job_spec)
         from jsonb_to_recordset($1) as job(name text, payload json, run_at timestamptz,
              max_attempts smallint, key text)))`,
    [JSON.stringify(rows)],
  )
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
    for (const handler of this.options.handlers) {
      taskList[handler.name] = async (payload) => {
        try {
          await handler.run(payload)
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

  private async repeat(task: PeriodicTask): Promise<void> {
    while (!this.isStopping) {
      const startedAtMs = Date.now()
      try {
        await task.run()
      } catch (error) {
        this.options.onError(error, task.name)
      }
      await this.pause(Math.max(0, task.everyMs - (Date.now() - startedAtMs)))
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds
    while (!this.isStopping && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(100, until - Date.now())))
    }
  }
}
