import { sqlState } from './database.js'

/** How rows are gathered into statements. */
export interface CoalescerOptions<Row, Result> {
  /** Rows of one group share a statement: one institution, so that it stays on one shard. */
  readonly groupOf: (row: Row) => string
  /** Writes or finds all rows in one statement and one commit; answers in the order of the rows. */
  readonly run: (rows: readonly Row[]) => Promise<readonly Result[]>
}

interface Waiting<Row, Result> {
  readonly row: Row
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

const ROWS_MAX = 200
const BATCHES_IN_FLIGHT_MAX = 2

/**
 * Lets concurrent writers, or readers, share one statement and one commit. A batch leaves at once while fewer than
 * two are under way, so nothing waits when the platform is idle; under load the rows that arrive during
 * two round trips travel together. When a batch is refused its halves are written by themselves, and so on
 * down to the bad row, which never fails its neighbours.
 */
export class Coalescer<Row, Result> {
  private readonly groups = new Map<string, Waiting<Row, Result>[]>()
  private batchesInFlight = 0
  private isPumpScheduled = false

  constructor(private readonly options: CoalescerOptions<Row, Result>) {}

  /**
   * Resolves when the row is committed, rejects with the error of this row alone. The statement begins after this
   * call, so a reader sees whatever was committed before it asked.
   */
  submit(row: Row): Promise<Result> {
    return new Promise((resolve, reject) => {
      const group = this.options.groupOf(row)
      const queue = this.groups.get(group)
      const waiting = { row, resolve, reject }
      if (queue) queue.push(waiting)
      else this.groups.set(group, [waiting])
      this.schedulePump()
    })
  }

  /** After the current turn of the event loop, so that requests that came together go together. */
  private schedulePump(): void {
    if (this.isPumpScheduled) return
    this.isPumpScheduled = true
    setImmediate(() => {
      this.isPumpScheduled = false
      this.pump()
    })
  }

  private pump(): void {
    while (this.batchesInFlight < BATCHES_IN_FLIGHT_MAX) {
      const batch = this.nextBatch()
      if (!batch) return
      this.batchesInFlight++
      void this.runBatch(batch).finally(() => {
        this.batchesInFlight--
        this.pump()
      })
    }
  }

  /** The oldest group first; what is left of it goes to the end, so that no institution starves another. */
  private nextBatch(): Waiting<Row, Result>[] | null {
    const [oldest] = this.groups
    if (!oldest) return null
    const [group, queue] = oldest
    this.groups.delete(group)
    const batch = queue.splice(0, ROWS_MAX)
    if (queue.length > 0) this.groups.set(group, queue)
    return batch
  }

  private async runBatch(batch: readonly Waiting<Row, Result>[]): Promise<void> {
    try {
      const results = await this.options.run(batch.map(({ row }) => row))
      for (const [index, waiting] of batch.entries()) {
        const result = results[index]
        if (result === undefined)
          waiting.reject(new Error('the statement gave no result for a row'))
        else waiting.resolve(result)
      }
    } catch (error) {
      if (batch.length === 1 || !isRefusal(error)) {
        for (const waiting of batch) waiting.reject(error)
        return
      }
      const middle = batch.length >> 1
      await this.runBatch(batch.slice(0, middle))
      await this.runBatch(batch.slice(middle))
    }
  }
}

/**
 * The statement surely wrote nothing: data (SQLSTATE class 22), a constraint (23), a deadlock (40). After
 * anything else, such as a lost connection, it may have been committed, and must not be sent again.
 */
function isRefusal(error: unknown): boolean {
  return /^(22|23|40)/.test(sqlState(error) ?? '')
}
