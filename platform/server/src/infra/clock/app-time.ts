import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../../kernel/clock.js'

/** In whose time something runs: an app of the sandbox whose clock is ahead of the real one. */
export interface AppTime {
  readonly app_id: string
  readonly offset_ms: number
}

/**
 * Entered only for apps that have a clock. Before the first one enters, asking costs a field access: Node turns
 * its tracking of asynchronous work on with the first `run`.
 */
const context = new AsyncLocalStorage<AppTime>()

export function runInTime<T>(time: AppTime, work: () => T): T {
  return context.run(time, work)
}

/** Null: in real time. */
export function currentAppTime(): AppTime | null {
  return context.getStore() ?? null
}

/** What the clock of the app shows for which this runs, otherwise the real time. */
export function appClock(real: Clock): Clock {
  return {
    now: () => {
      const time = context.getStore()
      return time ? new Date(real.now().getTime() + time.offset_ms) : real.now()
    },
  }
}

/** When it really is that moment of the time this runs in: timers and queues know no other time. */
export function toRealTime(moment: Date): Date {
  const time = context.getStore()
  return time ? new Date(moment.getTime() - time.offset_ms) : moment
}
