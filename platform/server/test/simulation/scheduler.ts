import { AsyncLocalStorage } from 'node:async_hooks'
import type { Random } from './random.js'

/** After this long without news of the running task, somebody asks whether it waits for a lock. */
const IMPATIENCE_MS = 4
/** A task that is silent for so long waits for something that another task has: the others go on. */
const PARK_MS = 1_500
/** A task that neither ends nor waits for a lock for so long has hung itself up. */
const HANG_MS = 60_000

type TaskState = 'running' | 'ready' | 'blocked' | 'done' | 'killed'

/** One line of work of a simulated process: it runs until its next turn, its end, or its death. */
export interface Task {
  readonly id: number
  readonly name: string
  state: TaskState
  /** Where it waits for its turn. */
  at: string
  /** The server process of its open transaction, if it has one. */
  backend: number | null
  /** Silent for long, for no lock that we can see: nobody waits for its next turn. */
  isParked: boolean
  /** Frees what the operating system would free when a process dies. */
  onKill: (() => void) | null
  wake: (() => void) | null
}

export interface SchedulerOptions {
  readonly random: Random
  /** Which of these server processes wait for a lock. */
  readonly waitingForLocks: (backends: readonly number[]) => Promise<ReadonlySet<number>>
  readonly onTrace: (line: string) => void
}

/**
 * Lets one task run at a time, and chooses by the seed which of them goes on at every turn. Turns are
 * taken before each statement of a transaction, around its commit, and around each call of a channel, so
 * every order in which processes could meet there can happen, and happens again under the same seed.
 */
export class Scheduler {
  private readonly storage = new AsyncLocalStorage<Task>()
  private readonly tasks = new Map<number, Task>()
  private taskCount = 0
  private signal: () => void = () => {}

  private readonly options: SchedulerOptions

  constructor(options: SchedulerOptions) {
    this.options = options
  }

  get alive(): readonly Task[] {
    return [...this.tasks.values()]
  }

  current(): Task | null {
    const task = this.storage.getStore()
    return task && task.state !== 'killed' ? task : null
  }

  /** Begins a task and lets it run to its first turn. */
  async start(name: string, work: () => Promise<void>): Promise<Task> {
    this.taskCount += 1
    const task: Task = {
      ...{ id: this.taskCount, name, state: 'running', at: 'start' },
      ...{ backend: null, isParked: false, onKill: null, wake: null },
    }
    this.tasks.set(task.id, task)
    this.options.onTrace(`start ${task.id} ${name}`)
    this.storage.run(task, () => {
      void work().finally(() => {
        if (task.state === 'killed') return
        task.state = 'done'
        this.tasks.delete(task.id)
        this.signal()
      })
    })
    await this.settle(task)
    return task
  }

  /** Waits for this task's turn. Outside of tasks nobody waits. A killed task never gets another turn. */
  async turn(at: string): Promise<void> {
    const task = this.storage.getStore()
    if (!task) return
    if (task.state === 'killed') return new Promise(() => {})
    task.at = at
    task.isParked = false
    task.state = 'ready'
    await new Promise<void>((resolve) => {
      task.wake = resolve
      this.signal()
    })
  }

  /** One more turn for one of the tasks that are ready; false when none is. */
  async step(): Promise<boolean> {
    await this.refreshBlocked()
    const ready = this.alive.filter(({ state }) => state === 'ready')
    if (ready.length === 0) return false
    const task = this.options.random.pick(ready)
    this.options.onTrace(`turn ${task.id} ${task.at}`)
    task.state = 'running'
    task.wake?.()
    await this.settle(task)
    return true
  }

  /** Turns until every task has ended. */
  async runAll(): Promise<void> {
    const deadline = Date.now() + HANG_MS
    while (this.tasks.size > 0) {
      if (await this.step()) continue
      if (Date.now() > deadline) throw new Error(`tasks hang: ${this.describe()}`)
      await pause(IMPATIENCE_MS)
    }
  }

  /** The task is gone, as by kill -9: nothing of it runs any more, and its transaction is rolled back. */
  kill(task: Task): void {
    this.options.onTrace(`kill ${task.id} ${task.at}`)
    task.state = 'killed'
    this.tasks.delete(task.id)
    task.onKill?.()
  }

  private async settle(task: Task): Promise<void> {
    const startedAt = Date.now()
    while (task.state === 'running') {
      const isNews = await Promise.race([this.news(), pause(IMPATIENCE_MS).then(() => false)])
      if (isNews || task.state !== 'running') continue
      if (task.backend !== null) {
        const waiting = await this.options.waitingForLocks([task.backend])
        if (waiting.size > 0 && task.state === 'running') task.state = 'blocked'
      }
      if (task.state === 'running' && Date.now() - startedAt > PARK_MS) {
        this.options.onTrace(`park ${task.id} ${task.at}`)
        task.isParked = true
        task.state = 'blocked'
      }
    }
  }

  /** A lock that was given back lets those run on who waited for it, up to their next turn. */
  private async refreshBlocked(): Promise<void> {
    for (;;) {
      const blocked = this.alive.filter(({ state }) => state === 'blocked')
      if (blocked.length === 0) return
      const backends = blocked.flatMap(({ backend }) => (backend === null ? [] : [backend]))
      const waiting = await this.options.waitingForLocks(backends)
      const isMoving = blocked.some(
        ({ backend, state, isParked }) =>
          state === 'blocked' && !isParked && backend !== null && !waiting.has(backend),
      )
      if (!isMoving) return
      await Promise.race([this.news(), pause(IMPATIENCE_MS)])
    }
  }

  private news(): Promise<true> {
    return new Promise((resolve) => {
      this.signal = () => resolve(true)
    })
  }

  private describe(): string {
    return this.alive.map(({ id, name, state, at }) => `${id} ${name} ${state} at ${at}`).join('; ')
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
