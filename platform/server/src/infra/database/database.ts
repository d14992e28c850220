import { PrismaPg } from '@prisma/adapter-pg'
import { type CustomTypesConfig, Pool, type PoolClient, types } from 'pg'
import { CopyIn } from './copy-in.js'
import { PrismaClient } from './generated/client.js'

/** Where SQL can be run: the pool, or a transaction. */
export interface SqlReader {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** One step's transaction: every statement of the step must go through it. */
export interface Transaction extends SqlReader {
  /** Give a statement a name to have it prepared once per connection. */
  query<Row extends object>(
    text: string,
    values?: readonly unknown[],
    name?: string,
  ): Promise<Row[]>
}

/** bigint columns are money: in our own queries they are bigint, never floats or texts. */
const typesOfOurs: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === types.builtins.INT8 ? (text: string) => BigInt(text) : types.getTypeParser(oid, format),
}

const CONNECTIONS_MAX = 16
const CONNECT_TIMEOUT_MS = 5_000
/** No statement of ours runs longer; one that does is stuck, and would hold locks. */
const STATEMENT_TIMEOUT_MS = 30_000
const COPY_TIMEOUT_MS = 10_000

export interface DatabaseOptions {
  readonly connectionsMax?: number
  /**
   * Commits don't wait for the disk: a crash of the database's machine takes what was committed in its last
   * 0.6 s (three times wal_writer_delay). Never for anything about money.
   */
  readonly mayLoseLastMoment?: boolean
}

/** The one pool of a process, shared by Prisma (ordinary queries) and `pg` (the hot path). */
export class Database {
  readonly pool: Pool
  readonly prisma: PrismaClient

  constructor(url: string, options: DatabaseOptions = {}) {
    this.pool = new Pool({
      connectionString: url,
      max: options.connectionsMax ?? CONNECTIONS_MAX,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      ...(options.mayLoseLastMoment ? { options: '-c synchronous_commit=off' } : {}),
    })
    // An idle connection that dies (server restart) must not take the process down.
    this.pool.on('error', () => {})
    // Nor may one that dies between two statements of a transaction; the next statement then fails.
    this.pool.on('connect', (client) => client.on('error', () => {}))
    this.prisma = new PrismaClient({ adapter: new PrismaPg(this.pool) })
  }

  /** One statement outside any transaction. Give it a name to have it prepared once per connection. */
  async query<Row extends object>(
    text: string,
    values: readonly unknown[] = [],
    name?: string,
  ): Promise<Row[]> {
    const config = {
      text,
      values: [...values],
      types: typesOfOurs,
      ...(name === undefined ? {} : { name }),
    }
    const result = await this.pool.query<Row>(config)
    return result.rows
  }

  /**
   * Runs one step in one transaction: all of it is committed, or nothing is. Never call a channel or
   * any other network peer inside. Serialization failures and deadlocks are tried again, because then
   * nothing happened; `work` must therefore have no effect outside the transaction.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.runOnce(work)
      } catch (error) {
        if (attempt >= 4 || !isTransient(error)) throw error
      }
    }
  }

  /** Many rows at once, in PostgreSQL's text format (see copy-text.ts): all of them are stored, or none. */
  async copy(table: string, columns: readonly string[], rows: string): Promise<void> {
    const client = await this.pool.connect()
    const copying = new CopyIn(`copy ${table} (${columns.join(', ')}) from stdin`, rows)
    try {
      client.query(copying)
      await copying.within(COPY_TIMEOUT_MS)
      client.release()
    } catch (error) {
      // Whatever state the connection is in, nobody else shall find out.
      client.release(true)
      throw error
    }
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect()
    if (!this.pool.ended) await this.pool.end()
  }

  private async runOnce<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.pool.connect()
    try {
      await client.query('begin')
      const result = await work(transactionOf(client))
      await client.query('commit')
      client.release()
      return result
    } catch (error) {
      const isBroken = await client.query('rollback').then(
        () => false,
        () => true,
      )
      client.release(isBroken)
      throw error
    }
  }
}

function transactionOf(client: PoolClient): Transaction {
  return {
    async query<Row extends object>(text: string, values: readonly unknown[] = [], name?: string) {
      const config = { text, values: [...values], types: typesOfOurs }
      const result = await client.query<Row>(name === undefined ? config : { ...config, name })
      return result.rows
    },
  }
}

/** PostgreSQL's serialization_failure and deadlock_detected: the transaction surely did nothing. */
function isTransient(error: unknown): boolean {
  const code = sqlState(error)
  return code === '40001' || code === '40P01'
}

/** The five-character SQLSTATE of a driver error, or undefined. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
