import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import type { Clock } from '../../kernel/clock.js'
import { CLOCK } from '../tokens.js'
import { AppClockRepository } from './app-clock.repository.js'
import { SharedClock } from './shared-clock.js'

const ALIGN_EVERY_MS = 1_000

/** Keeps the process's clock by the database's, from before the first request on. */
@Injectable()
export class ClockKeeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Clock')
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly clocks: AppClockRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const { clock } = this
    // A test's own clock is nobody else's.
    if (!(clock instanceof SharedClock)) return
    await this.align(clock)
    this.timer = setInterval(() => {
      // While the database is away everybody says so already, and the clock goes on as it was.
      this.align(clock).catch(() => undefined)
    }, ALIGN_EVERY_MS)
    this.timer.unref()
  }

  onModuleDestroy(): void {
    clearInterval(this.timer)
  }

  private async align(clock: SharedClock): Promise<void> {
    const setByMs = await clock.align(() => this.clocks.databaseMs())
    if (setByMs === 0) return
    this.logger.warn({ set_by_ms: setByMs }, 'our clock differs from the database’s, which counts')
  }
}
