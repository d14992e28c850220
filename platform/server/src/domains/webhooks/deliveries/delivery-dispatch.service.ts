import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common'
import { DeliveryRepository } from './delivery.repository.js'
import type { ClaimedDelivery, EndpointRef } from './delivery.types.js'
import { DeliveryAttemptService } from './delivery-attempt.service.js'
import { nextWindow, WINDOW_START } from './delivery-window.rules.js'
import { WebhookClient } from './webhook.client.js'

/** Requests under way in one process. They are sockets, not threads: they cost memory and nothing else. */
const IN_FLIGHT_MAX = 256
const DRAIN_POLL_MS = 20

/** What one process knows of one endpoint. */
interface Lane {
  readonly endpoint: EndpointRef
  window: number
  inFlight: number
}

/**
 * Decides which endpoint may send when. A job only wakes an endpoint's lane; the rows are the queue.
 * Hungry lanes (those that may have due deliveries) take turns, and each claims only what its window
 * has room for. So a slow endpoint's backlog waits in the database and holds no worker's place.
 */
@Injectable()
export class DeliveryDispatchService implements OnModuleDestroy {
  private readonly logger = new Logger(DeliveryDispatchService.name)
  private readonly lanes = new Map<string, Lane>()
  /** In the order of their turns. */
  private readonly hungry = new Set<Lane>()
  private inFlight = 0
  private isPumpPlanned = false
  private isStopping = false

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly attempts: DeliveryAttemptService,
    private readonly client: WebhookClient,
  ) {}

  /** Something may be due there. Returns when it is claimed or stands in line, not when it is sent. */
  async wake(endpoint: EndpointRef): Promise<void> {
    if (this.isStopping) return
    this.hungry.add(this.laneOf(endpoint))
    await this.pump()
  }

  /** Waits for the requests under way. */
  async drain(): Promise<void> {
    while (this.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS))
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true
    await this.drain()
    this.client.close()
  }

  /** A lane that is hungry again goes to the end of the set, which this loop reaches too. */
  private async pump(): Promise<void> {
    for (const lane of this.hungry) {
      if (this.isStopping) return
      const room = Math.min(lane.window - lane.inFlight, IN_FLIGHT_MAX - this.inFlight)
      if (room <= 0) continue
      this.hungry.delete(lane)
      await this.feed(lane, room)
    }
  }

  /** The room is taken before the claim, so that two pumps never fill it twice. */
  private async feed(lane: Lane, room: number): Promise<void> {
    this.take(lane, room)
    let claimed: readonly ClaimedDelivery[] = []
    try {
      claimed = await this.claim(lane.endpoint, room)
    } finally {
      this.free(lane, room - claimed.length)
    }
    if (claimed.length === room) this.hungry.add(lane)
    for (const delivery of claimed) void this.send(lane, delivery)
  }

  private async claim(endpoint: EndpointRef, limit: number): Promise<readonly ClaimedDelivery[]> {
    const claimed = await this.deliveries.claim(endpoint, limit)
    // The relay may add a delivery in the very moment in which its endpoint is closed.
    if (claimed.every(({ endpoint_status }) => endpoint_status === 'enabled')) return claimed
    await this.deliveries.cancelPending(endpoint)
    return []
  }

  /** When writing down fails, the lease ends and the delivery comes due again: at least once. */
  private async send(lane: Lane, delivery: ClaimedDelivery): Promise<void> {
    try {
      const { duration_ms, response_status } = await this.attempts.attempt(delivery)
      lane.window = nextWindow(lane.window, duration_ms, response_status !== null)
    } catch (error) {
      const { id } = delivery
      this.logger.error({ msg: 'an attempt could not be recorded', delivery_id: id, err: error })
    } finally {
      this.free(lane, 1)
    }
  }

  private take(lane: Lane, places: number): void {
    lane.inFlight += places
    this.inFlight += places
  }

  private free(lane: Lane, places: number): void {
    lane.inFlight -= places
    this.inFlight -= places
    if (places > 0 && this.hungry.size > 0) this.planPump()
    // What was learned of a slow endpoint is kept; the rest would only grow.
    const isIdle = lane.inFlight === 0 && !this.hungry.has(lane)
    if (isIdle && lane.window >= WINDOW_START) this.lanes.delete(lane.endpoint.endpoint_id)
  }

  /** Once per turn of the event loop: attempts that were recorded together make room together. */
  private planPump(): void {
    if (this.isPumpPlanned) return
    this.isPumpPlanned = true
    setImmediate(() => {
      this.isPumpPlanned = false
      // The database is away: overdue deliveries are found again by the recovery.
      this.pump().catch((error) => this.logger.error({ msg: 'claiming failed', err: error }))
    })
  }

  private laneOf(endpoint: EndpointRef): Lane {
    const known = this.lanes.get(endpoint.endpoint_id)
    if (known) return known
    const lane = { endpoint, window: WINDOW_START, inFlight: 0 }
    this.lanes.set(endpoint.endpoint_id, lane)
    return lane
  }
}
