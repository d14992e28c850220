import type { Pool, PoolClient } from 'pg'

/** A class of advisory locks of its own, so that no other lock of the database can be mistaken for one. */
const LOCK_CLASS = 7_001

/**
 * Tells living pools of workers from dead ones. Every pool holds an advisory lock for as long as its connection
 * lives, and PostgreSQL frees it the moment a killed process is gone. Jobs that a dead pool held are
 * unlocked at once, instead of after the queue's own four hours.
 */
export class WorkerLocks {
  private readonly poolIds = new Set<string>()
  private holder: PoolClient | undefined

  constructor(private readonly pool: Pool) {}

  /** Remembers a pool of this process. Its lock is taken by the next `refresh`. */
  add(poolId: string): void {
    this.poolIds.add(poolId)
  }

  /** Takes the locks of our own pools, again after the connection was lost. */
  async refresh(): Promise<void> {
    this.holder ??= await this.hold()
    await this.holder.query(
      `select pg_try_advisory_lock($1, hashtext(id)) from unnest($2::text[]) as id
        where not exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
          and classid = $1 and objid::bigint = hashtext(id)::bigint & 4294967295)`,
      [LOCK_CLASS, [...this.poolIds]],
    )
  }

  /** Frees the jobs of pools that are no more. */
  async unlockDead(): Promise<void> {
    await this.pool.query(
      `with holders as (
         select distinct locked_by as id from graphile_worker._private_jobs
          where locked_by is not null and locked_at < now() - interval '2 seconds'
       ), dead as (
         select array_agg(id) as ids from holders
          where id <> all($2::text[]) and not exists (
            select from pg_locks where locktype = 'advisory' and granted
              and classid = $1 and objid::bigint = hashtext(id)::bigint & 4294967295)
       )
       select graphile_worker.force_unlock_workers(ids) from dead where ids is not null`,
      [LOCK_CLASS, [...this.poolIds]],
    )
  }

  release(): void {
    this.holder?.release(true)
    this.holder = undefined
  }

  private async hold(): Promise<PoolClient> {
    const client = await this.pool.connect()
    client.once('error', () => {
      this.holder = undefined
    })
    return client
  }
}
