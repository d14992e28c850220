// The simulators keep their rows with plain `pg`: row locks and `skip locked` are the whole point here.
import type { Pool, PoolClient, QueryResultRow } from 'pg'
import type { z } from 'zod'
import type { Clock } from '../../../kernel/clock.js'
import { noteOwner, toWireMoment, wireTime } from './simulator-merchant.clock.js'

/** One sort of document a simulator keeps, and the shape it must have when it comes back. */
export interface RecordKind<T> {
  readonly kind: string
  readonly schema: z.ZodType<T>
}

export interface DueRecord {
  readonly kind: string
  readonly key: string
}

/** Everything one simulated company remembers. Rows of another channel are invisible to it. */
export class SimulatorStore {
  constructor(
    private readonly pool: Pool,
    private readonly channel: string,
    private readonly clock: Clock,
  ) {}

  /** One step of the company's business: all of it is stored, or none of it. */
  async transaction<T>(work: (tx: SimulatorTransaction) => Promise<T>): Promise<T> {
    const client = await this.pool.connect()
    let isBroken = false
    try {
      await client.query('begin')
      const result = await work(new SimulatorTransaction(client, this.channel, this.clock))
      await client.query('commit')
      return result
    } catch (error) {
      // A connection that cannot roll back must not return to the pool with locks on it.
      await client.query('rollback').catch(() => {
        isBroken = true
      })
      throw error
    } finally {
      client.release(isBroken)
    }
  }

  async find<T>(kind: RecordKind<T>, key: string): Promise<T | null> {
    const result = await this.pool.query<DataRow>(
      'select data from simulator_records where channel = $1 and kind = $2 and key = $3',
      [this.channel, kind.kind, key],
    )
    return toData(kind, this.channel, result.rows)
  }

  /** All documents whose key begins so, oldest first. */
  async list<T>(kind: RecordKind<T>, keyPrefix: string): Promise<T[]> {
    const result = await this.pool.query<DataRow>(
      `select data from simulator_records
        where channel = $1 and kind = $2 and starts_with(key, $3) order by created_at, key`,
      [this.channel, kind.kind, keyPrefix],
    )
    return result.rows.map((row) => kind.schema.parse(row.data))
  }

  /**
   * Takes due rows for this process and pushes their time forward by the lease. Whoever finishes the
   * work sets the real next time; if the process dies, the row is due again when the lease is over.
   */
  async claimDue(kinds: readonly string[], limit: number, leaseMs: number): Promise<DueRecord[]> {
    const nowMs = wireTime(this.clock).getTime()
    const result = await this.pool.query<DueRecord & QueryResultRow>(
      `with due as materialized (
         select channel, kind, key from simulator_records
          where channel = $1 and kind = any($2) and due_at <= $3
          order by due_at limit $4 for update skip locked)
       update simulator_records r set due_at = $5, updated_at = $3 from due
        where r.channel = due.channel and r.kind = due.kind and r.key = due.key
       returning r.kind, r.key`,
      [this.channel, kinds, new Date(nowMs), limit, new Date(nowMs + leaseMs)],
    )
    return result.rows
  }

  /** When the next row becomes due, or null when nothing waits. */
  async nextDueAt(kinds: readonly string[]): Promise<Date | null> {
    const result = await this.pool.query<{ due_at: Date | null }>(
      'select min(due_at) as due_at from simulator_records where channel = $1 and kind = any($2)',
      [this.channel, kinds],
    )
    return result.rows[0]?.due_at ?? null
  }
}

export class SimulatorTransaction {
  constructor(
    private readonly client: PoolClient,
    private readonly channel: string,
    private readonly clock: Clock,
  ) {}

  /** Reads a document and holds it until the transaction ends: nobody changes it meanwhile. */
  async lock<T>(kind: RecordKind<T>, key: string): Promise<T | null> {
    const result = await this.client.query<DataRow>(
      `select data from simulator_records
        where channel = $1 and kind = $2 and key = $3 for update`,
      [this.channel, kind.kind, key],
    )
    return toData(kind, this.channel, result.rows)
  }

  /** All documents whose key begins so, held until the transaction ends; by key. */
  async lockAll<T>(kind: RecordKind<T>, keyPrefix: string): Promise<ReadonlyMap<string, T>> {
    const result = await this.client.query<DataRow & { key: string }>(
      `select key, data from simulator_records
        where channel = $1 and kind = $2 and starts_with(key, $3) order by key for update`,
      [this.channel, kind.kind, keyPrefix],
    )
    return new Map(result.rows.map((row) => [row.key, kind.schema.parse(row.data)]))
  }

  /** Adds a document; false when the key exists. It waits for a concurrent insert of the same key. */
  async insert<T>(
    kind: RecordKind<T>,
    key: string,
    data: T,
    dueAt: Date | null = null,
  ): Promise<boolean> {
    const result = await this.client.query(
      `insert into simulator_records (channel, kind, key, data, due_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing`,
      [this.channel, kind.kind, key, JSON.stringify(data), this.real(dueAt), wireTime(this.clock)],
    )
    return result.rowCount === 1
  }

  async remove<T>(kind: RecordKind<T>, key: string): Promise<void> {
    await this.client.query(
      'delete from simulator_records where channel = $1 and kind = $2 and key = $3',
      [this.channel, kind.kind, key],
    )
  }

  /** Removes all documents whose key begins so. */
  async removeAll<T>(kind: RecordKind<T>, keyPrefix: string): Promise<void> {
    await this.client.query(
      'delete from simulator_records where channel = $1 and kind = $2 and starts_with(key, $3)',
      [this.channel, kind.kind, keyPrefix],
    )
  }

  async save<T>(
    kind: RecordKind<T>,
    key: string,
    data: T,
    dueAt: Date | null = null,
  ): Promise<void> {
    await this.client.query(
      `insert into simulator_records (channel, kind, key, data, due_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $6)
       on conflict (channel, kind, key) do update
         set data = excluded.data, due_at = excluded.due_at, updated_at = excluded.updated_at`,
      [this.channel, kind.kind, key, JSON.stringify(data), this.real(dueAt), wireTime(this.clock)],
    )
  }

  /** The loop that does what is due knows the real time only. */
  private real(dueAt: Date | null): Date | null {
    return toWireMoment(this.clock, dueAt)
  }
}

interface DataRow extends QueryResultRow {
  data: unknown
}

function toData<T>(kind: RecordKind<T>, channel: string, rows: readonly DataRow[]): T | null {
  const [row] = rows
  if (row === undefined) return null
  noteOwner(channel, row.data)
  return kind.schema.parse(row.data)
}
