import { type CustomTypesConfig, type PoolClient, types } from 'pg'
import { Database, sqlState, type Transaction } from '../../src/infra/database/database.js'
import type { Scheduler, Task } from './scheduler.js'

const typesOfOurs: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === types.builtins.INT8 ? (text: string) => BigInt(text) : types.getTypeParser(oid, format),
}

/** Changes a statement before it is sent, or keeps it from being sent at all (null). For planted bugs. */
export type StatementFilter = (text: string, task: Task) => string | null

/**
 * A real PostgreSQL whose transactions take turns: before every statement and around the commit another
 * task may go on, or this one may die. Locks, constraints and rollbacks are PostgreSQL's own.
 */
export class SimulatedDatabase extends Database {
  scheduler: Scheduler | null = null
  filter: StatementFilter = (text) => text

  /** Whoever takes a second connection while a transaction is open waits for itself once the pool is empty. */
  private offence: string | null = null

  constructor(...parameters: ConstructorParameters<typeof Database>) {
    super(...parameters)
    this.pool.on('acquire', () => {
      const task = this.scheduler?.current()
      if (!task || task.backend === null) return
      this.offence = `a second connection inside the transaction of ${task.name}, at ${task.at}`
    })
  }

  override async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const task = this.scheduler?.current()
    if (!task || !this.scheduler) return super.transaction(work)
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.runWithTurns(this.scheduler, task, work)
      } catch (error) {
        const code = sqlState(error)
        if (attempt >= 4 || (code !== '40001' && code !== '40P01')) throw error
      }
    }
  }

  private async runWithTurns<T>(
    scheduler: Scheduler,
    task: Task,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    await scheduler.turn('before begin')
    const client = await this.pool.connect()
    await this.own(task, client)
    try {
      await client.query('begin')
      const result = await work(this.transactionOf(scheduler, task, client))
      await scheduler.turn('before commit')
      if (this.offence !== null) throw new Error(this.offence)
      await client.query('commit')
      disown(task)
      client.release()
      await scheduler.turn('after commit')
      return result
    } catch (error) {
      if (task.state === 'killed') return new Promise<never>(() => {})
      const isBroken = await client.query('rollback').then(
        () => false,
        () => true,
      )
      disown(task)
      client.release(isBroken)
      throw error
    }
  }

  private transactionOf(scheduler: Scheduler, task: Task, client: PoolClient): Transaction {
    return {
      query: async <Row extends object>(text: string, values: readonly unknown[] = []) => {
        await scheduler.turn(text.trimStart().slice(0, 40).replaceAll(/\s+/g, ' '))
        const filtered = this.filter(text, task)
        if (filtered === null) return []
        const config = { text: filtered, values: [...values], types: typesOfOurs }
        const result = await client.query<Row>(config)
        // It waited for a lock, and others ran meanwhile: it has to wait for its turn again.
        if (task.state === 'blocked') await scheduler.turn('after a lock')
        return result.rows
      },
    }
  }

  private async own(task: Task, client: PoolClient): Promise<void> {
    const result = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    task.backend = result.rows[0]?.pid ?? null
    // The server ends the transaction when the connection is gone, as after kill -9.
    task.onKill = () => client.release(true)
  }
}

function disown(task: Task): void {
  task.backend = null
  task.onKill = null
}
