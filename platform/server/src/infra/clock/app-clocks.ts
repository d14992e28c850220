import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import type { Transaction } from '../database/database.js'
import { AppClockRepository } from './app-clock.repository.js'
import { type AppTime, runInTime } from './app-time.js'

export interface AppRef {
  readonly institution_id: string
  readonly livemode: boolean
  readonly app_id: string
}

export interface ClockedApp extends AppRef, AppTime {}

/** Whoever keeps moments that an app's clock must reach. Registered with `AppClocks.follow`. */
export interface ClockFollower {
  /** Moves moments that are kept in real time, in the transaction that sets the clock forward. */
  shift?(tx: Transaction, app: AppRef, stepMs: number): Promise<void>
  /** Does what the clock has passed. Runs in the app's time. */
  catchUp?(app: AppRef): Promise<void>
}

/** Every process learns of a new clock within this time; of a moved one at once. */
export const CLOCKS_POLL_MS = 500

/**
 * The apps that have a clock of their own. All others, and everything live, cost one look into an empty
 * map. Whoever has a clock is looked up in the database each time its work begins, so no process works by
 * an old one.
 */
@Injectable()
export class AppClocks implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('AppClocks')
  private readonly followers: ClockFollower[] = []
  private known: ReadonlyMap<string, ClockedApp> = new Map()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly clocks: AppClockRepository) {}

  async onModuleInit(): Promise<void> {
    await this.refresh()
    this.timer = setInterval(() => {
      this.refresh().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'the test clocks cannot be read; the last ones count')
      })
    }, CLOCKS_POLL_MS)
    this.timer.unref()
  }

  onModuleDestroy(): void {
    clearInterval(this.timer)
  }

  async refresh(): Promise<void> {
    const apps = await this.clocks.all()
    this.known = new Map(apps.map((app) => [app.app_id, app]))
  }

  /** Whether anybody has a clock at all. */
  get isAny(): boolean {
    return this.known.size > 0
  }

  has(appId: string): boolean {
    return this.known.has(appId)
  }

  all(): ClockedApp[] {
    return [...this.known.values()]
  }

  /** Runs work in the time of an app: the real one, unless the app has a clock. */
  within<T>(appId: string | null | undefined, work: () => Promise<T>): Promise<T> {
    if (appId === null || appId === undefined || !this.known.has(appId)) return work()
    return this.withinClock(appId, work)
  }

  follow(follower: ClockFollower): void {
    this.followers.push(follower)
  }

  async shift(tx: Transaction, app: AppRef, stepMs: number): Promise<void> {
    for (const follower of this.followers) await follower.shift?.(tx, app, stepMs)
  }

  async catchUp(app: AppRef): Promise<void> {
    for (const follower of this.followers) {
      await this.within(app.app_id, async () => follower.catchUp?.(app))
    }
  }

  private async withinClock<T>(appId: string, work: () => Promise<T>): Promise<T> {
    const offset_ms = await this.clocks.offsetOf(appId)
    return offset_ms === null ? work() : runInTime({ app_id: appId, offset_ms }, work)
  }
}
