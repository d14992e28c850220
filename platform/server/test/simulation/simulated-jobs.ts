import type { JobHandler } from '../../src/infra/jobs/jobs.js'
import type { World } from './world.js'

interface WaitingJob {
  readonly id: string
  readonly name: string
  readonly payload: unknown
}

/** How long after a failure, or the death of its worker, a job is tried again, by the simulated clock. */
const RETRY_SECONDS = 5

/** The real queue's table, worked off one job at a time, whenever the seed says so. */
export class SimulatedJobs {
  private readonly handlers: ReadonlyMap<string, JobHandler>

  private readonly world: World

  constructor(world: World, handlers: readonly JobHandler[]) {
    this.world = world
    this.handlers = new Map(handlers.map((handler) => [handler.name, handler]))
  }

  /** Jobs whose time has come and that no task works on. */
  async due(): Promise<WaitingJob[]> {
    const result = await this.world.database.pool.query<WaitingJob>(
      `select job.id::text, task.identifier as name, job.payload
         from graphile_worker._private_jobs job
         join graphile_worker._private_tasks task on task.id = job.task_id
        where job.locked_at is null and job.attempts < job.max_attempts
          and job.run_at <= greatest($1::timestamptz, now())
        order by job.id`,
      [this.world.clock.now()],
    )
    return result.rows.filter(({ name }) => this.handlers.has(name))
  }

  /** Runs one job as a task, as a worker would; if it fails or dies, it is there again a little later. */
  async start(job: WaitingJob): Promise<void> {
    const { pool } = this.world.database
    const handler = this.handlers.get(job.name)
    if (!handler) return
    await pool.query(
      `update graphile_worker._private_jobs
          set locked_at = now(), locked_by = 'simulation' where id = $1`,
      [job.id],
    )
    await this.world.scheduler.start(`job ${job.name} #${job.id}`, async () => {
      try {
        await handler.run(job.payload)
        await pool.query('delete from graphile_worker._private_jobs where id = $1', [job.id])
      } catch (error) {
        this.world.complaints.push({ text: `job ${job.name}`, error })
        await this.giveBack(job.id)
      }
    })
  }

  private async giveBack(id: string): Promise<void> {
    await this.world.database.pool.query(
      `update graphile_worker._private_jobs
          set locked_at = null, locked_by = null, attempts = attempts + 1, run_at = $2 where id = $1`,
      [id, new Date(this.world.clock.now().getTime() + RETRY_SECONDS * 1000)],
    )
  }

  /** Workers that died hold nothing: what they had taken waits again. */
  async freeDead(): Promise<void> {
    const working = this.world.scheduler.alive.flatMap(({ name }) => name.split('#')[1] ?? [])
    await this.world.database.pool.query(
      `update graphile_worker._private_jobs set locked_at = null, locked_by = null
        where locked_by = 'simulation' and not id::text = any($1)`,
      [working],
    )
  }
}
