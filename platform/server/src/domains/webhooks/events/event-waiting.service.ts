import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common'
import { WebhookError } from '../webhook.errors.js'
import { EventRepository } from './event.repository.js'
import type { EventWait } from './event.types.js'

const POLL_MS = 250
/** Of one app in one process: a listener needs one, or one per machine. */
const WAITS_PER_APP = 20
const WAITS_MAX = 5_000

interface Waiting {
  readonly wait: EventWait
  readonly release: () => void
}

/**
 * Lets listeners wait for events without a connection to the database each: while anybody waits, one
 * statement four times a second asks for all of them.
 */
@Injectable()
export class EventWaitingService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(EventWaitingService.name)
  private readonly waiting = new Set<Waiting>()
  private isPolling = false
  isStopping = false

  constructor(private readonly events: EventRepository) {}

  /**
   * Returns when something came after that event, when the time is over, or when the process stops.
   * @throws WebhookError event_wait_limit_reached
   */
  async until(wait: EventWait, milliseconds: number): Promise<void> {
    if (this.isStopping || milliseconds <= 0) return
    this.requireRoom(wait)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => waiting.release(), milliseconds)
      const waiting: Waiting = {
        wait,
        release: () => {
          clearTimeout(timer)
          this.waiting.delete(waiting)
          resolve()
        },
      }
      this.waiting.add(waiting)
      if (!this.isPolling) void this.poll()
    })
  }

  /** How many wait. */
  get count(): number {
    return this.waiting.size
  }

  /** Before the server waits for its open requests. */
  beforeApplicationShutdown(): void {
    this.isStopping = true
    for (const { release } of this.waiting) release()
  }

  private requireRoom({ app_id }: EventWait): void {
    const own = [...this.waiting].filter(({ wait }) => wait.app_id === app_id).length
    if (own < WAITS_PER_APP && this.count < WAITS_MAX) return
    throw new WebhookError(
      'event_wait_limit_reached',
      `An app has at most ${WAITS_PER_APP} calls that wait for events. Ask with wait_seconds=0, or by fewer listeners.`,
      { retryAfterSeconds: 5 },
    )
  }

  private async poll(): Promise<void> {
    this.isPolling = true
    while (this.waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      const asked = [...this.waiting]
      try {
        const arrived = await this.events.arrived(asked.map(({ wait }) => wait))
        for (const no of arrived) asked[no]?.release()
      } catch (error) {
        // Whoever waits asks again by itself when its time is over.
        this.logger.warn({ msg: 'listeners cannot be told of events', err: error })
      }
    }
    this.isPolling = false
  }
}
