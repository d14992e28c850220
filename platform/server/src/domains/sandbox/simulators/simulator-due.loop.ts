import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../../../kernel/clock.js'
import type { DueRecord, SimulatorStore } from './simulator.store.js'
import { dueBusiness, wireTime } from './simulator-merchant.clock.js'

/** What to do with a due row of each kind. The handler stores the row's next time, or none. */
export type DueHandlers = Readonly<Record<string, (key: string) => Promise<void>>>

export interface DueLoopOptions {
  readonly store: SimulatorStore
  readonly clock: Clock
  readonly logger: FastifyBaseLogger
  readonly handlers: DueHandlers
}

/** How long a claimed row stays ours. Longer than any handler may take, short enough after a crash. */
const LEASE_MS = 15_000
/** Rows written by another process, or left by one that died, are noticed at least this often. */
const POLL_MS = 1_000
const IN_FLIGHT_MAX = 50

/** Does what has become due, in this process or any other that shares the database. */
export class DueLoop {
  private readonly inFlight = new Set<Promise<void>>()
  private readonly keys = new Set<string>()
  private timer: NodeJS.Timeout | null = null
  private ticking: Promise<void> | null = null
  private isWoken = false
  private isStopped = false

  constructor(private readonly options: DueLoopOptions) {}

  /** Looks now. Called when a row was scheduled, so that nothing waits for the next poll. */
  wake(): void {
    if (this.isStopped) return
    if (this.ticking) {
      this.isWoken = true
      return
    }
    if (this.timer) clearTimeout(this.timer)
    this.ticking = this.tick().then((delayMs) => {
      this.ticking = null
      this.sleep(this.isWoken ? 0 : delayMs)
    })
  }

  /** Ends the loop after the work under way; whatever else is due waits in the database. */
  async stop(): Promise<void> {
    this.isStopped = true
    if (this.timer) clearTimeout(this.timer)
    await this.ticking
    await Promise.all(this.inFlight)
  }

  private sleep(delayMs: number): void {
    if (this.isStopped) return
    this.timer = setTimeout(() => this.wake(), delayMs)
  }

  /** One look at the database; answers how long to sleep. It never throws: the loop must live. */
  private async tick(): Promise<number> {
    this.isWoken = false
    const { store, clock, handlers, logger } = this.options
    const kinds = Object.keys(handlers)
    try {
      const free = IN_FLIGHT_MAX - this.inFlight.size
      if (free === 0) return POLL_MS
      const claimed = await store.claimDue(kinds, free, LEASE_MS)
      for (const record of claimed) this.launch(record)
      const nextDueAt = await store.nextDueAt(kinds)
      if (nextDueAt === null) return POLL_MS
      return Math.min(Math.max(nextDueAt.getTime() - wireTime(clock).getTime(), 0), POLL_MS)
    } catch (error) {
      logger.warn({ err: error }, 'the simulator cannot read its schedule; it tries again')
      return POLL_MS
    }
  }

  private launch(record: DueRecord): void {
    const key = `${record.kind} ${record.key}`
    // A clock that is set forward makes a claimed row due once more while it is worked on.
    if (this.keys.has(key)) return
    this.keys.add(key)
    const work = dueBusiness(() => this.run(record)).finally(() => {
      this.inFlight.delete(work)
      this.keys.delete(key)
      this.wake()
    })
    this.inFlight.add(work)
  }

  private async run(record: DueRecord): Promise<void> {
    try {
      await this.options.handlers[record.kind]?.(record.key)
    } catch (error) {
      this.options.logger.error({ err: error, ...record }, 'due work of the simulator failed')
    }
  }
}
