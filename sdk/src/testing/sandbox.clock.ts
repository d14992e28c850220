/** How far to go; the parts add up. */
export interface Duration {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

/**
 * What a task is: what a channel still has to say, a webhook on its way, or the end of somebody's time.
 */
export type TaskKind = 'channel' | 'webhook' | 'expiry'

interface Task {
  readonly kind: TaskKind
  readonly atMs: number
  readonly run: () => Promise<void> | void
}

/**
 * The time inside a sandbox. It stands still until it is set forward, and then everything happens that
 * becomes due, in order. It uses no timer, so fake timers of a test framework don't stop it.
 */
export class SandboxClock {
  #nowMs: number
  readonly #tasks: Task[] = []
  #draining: Promise<void> | undefined

  constructor(start: Date) {
    this.#nowMs = start.getTime()
  }

  now(): Date {
    return new Date(this.#nowMs)
  }

  /** Goes forward; resolves when all that became due on the way is done. */
  async advance(duration: Duration): Promise<void> {
    const forwardMs = millisecondsOf(duration)
    if (!(forwardMs >= 0)) throw new RangeError('the clock of a sandbox goes forward only')
    const targetMs = this.#nowMs + forwardMs
    await this.#runUntil((task) => task.atMs <= targetMs)
    this.#nowMs = Math.max(this.#nowMs, targetMs)
  }

  /** Goes forward to the given moment. */
  advanceTo(moment: Date): Promise<void> {
    return this.advance({ milliseconds: moment.getTime() - this.#nowMs })
  }

  /** Goes as far as the channels need to say everything, and delivers what is due. */
  async settle(): Promise<void> {
    await this.#runUntil(() => this.#tasks.some(({ kind }) => kind === 'channel'))
  }

  /** For the sandbox itself: does something later, at this clock's time. */
  schedule(kind: TaskKind, atMs: number, run: Task['run']): void {
    this.#tasks.push({ kind, atMs: Math.max(atMs, this.#nowMs), run })
    // A stable sort: what is due at the same moment happens in the order in which it was asked for.
    this.#tasks.sort((one, other) => one.atMs - other.atMs)
    if (atMs <= this.#nowMs) void this.#drain().catch(() => {})
  }

  async #runUntil(isWanted: (next: Task) => boolean): Promise<void> {
    for (;;) {
      await this.#drain()
      const [next] = this.#tasks
      if (next === undefined || !isWanted(next)) return
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
    }
  }

  /** Does what is due now; those who come meanwhile wait for the same. */
  #drain(): Promise<void> {
    this.#draining ??= this.#runDue().finally(() => {
      this.#draining = undefined
    })
    return this.#draining
  }

  async #runDue(): Promise<void> {
    // A turn later, so that the call that made the work is answered first, as on the platform.
    await Promise.resolve()
    for (;;) {
      const [next] = this.#tasks
      if (next === undefined || next.atMs > this.#nowMs) return
      this.#tasks.shift()
      await next.run()
    }
  }
}

function millisecondsOf(duration: Duration): number {
  const { days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = duration
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
}
