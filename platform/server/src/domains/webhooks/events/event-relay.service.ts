import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import { addJobs } from '../../../infra/jobs/jobs.js'
import { newId } from '../../../kernel/id.js'
import { deliverJob } from '../deliveries/delivery.types.js'
import { EventRelayRepository, type NewDelivery } from './event-relay.repository.js'

const BATCH_SIZE = 200

/** Turns events into webhook deliveries: the second half of the transactional outbox. */
@Injectable()
export class EventRelayService {
  constructor(
    private readonly database: Database,
    private readonly repository: EventRelayRepository,
  ) {}

  /** Goes on until a batch isn't full, so that a backlog is worked off without pauses. */
  async relayAll(): Promise<void> {
    for (;;) {
      const count = await this.database.transaction((tx) => this.relayBatch(tx))
      if (count < BATCH_SIZE) return
    }
  }

  /**
   * All of it in one transaction: an event is marked only together with its deliveries and their jobs. One
   * relay works at a time, so that positions become visible in their order; the others have nothing to do.
   */
  private async relayBatch(tx: Transaction): Promise<number> {
    if (!(await this.repository.lock(tx))) return 0
    const events = await this.repository.take(tx, BATCH_SIZE)
    if (events.length === 0) return 0
    const deliveries: NewDelivery[] = []
    for (const { endpoint_id, ...event } of events) {
      if (endpoint_id !== null) deliveries.push({ ...event, id: newId('dlv'), endpoint_id })
    }
    await this.repository.insertDeliveries(tx, deliveries)
    await addJobs(tx, wakeJobs(deliveries))
    await this.repository.markRelayed(tx, events)
    return new Set(events.map(({ event_id }) => event_id)).size
  }
}

/** One job for each endpoint, not for each delivery: it makes a worker claim whatever is due there. */
function wakeJobs(deliveries: readonly NewDelivery[]) {
  const byEndpoint = new Map(deliveries.map((delivery) => [delivery.endpoint_id, delivery]))
  return [...byEndpoint.values()].map((delivery) => deliverJob(delivery))
}
