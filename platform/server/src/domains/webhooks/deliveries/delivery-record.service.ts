import { Injectable, Logger } from '@nestjs/common'
import { DeliveryRepository } from './delivery.repository.js'
import type { DeliveryAttempt } from './delivery.types.js'

const BATCH_SIZE = 100

interface Waiting {
  readonly attempt: DeliveryAttempt
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Writes attempts down. Those that end while a commit is under way share the next one: with nothing to
 * do each is written at once, under load a hundred cost one transaction.
 */
@Injectable()
export class DeliveryRecordService {
  private readonly logger = new Logger(DeliveryRecordService.name)
  /** One queue per institution, because an institution's rows live together. */
  private readonly queues = new Map<string, Waiting[]>()

  constructor(private readonly deliveries: DeliveryRepository) {}

  /** Resolves when the attempt is stored. */
  record(attempt: DeliveryAttempt): Promise<void> {
    if (attempt.status === 'exhausted') {
      const { delivery_id, endpoint_id } = attempt
      this.logger.warn({
        msg: 'a webhook was given up after its last try',
        delivery_id,
        endpoint_id,
      })
    }
    return new Promise((resolve, reject) => {
      const waiting = { attempt, resolve, reject }
      const queue = this.queues.get(attempt.institution_id)
      if (queue) {
        queue.push(waiting)
        return
      }
      this.queues.set(attempt.institution_id, [waiting])
      void this.work(attempt.institution_id)
    })
  }

  async recordGone(attempt: DeliveryAttempt, retryDelayMs: number | null): Promise<void> {
    const { endpoint_id } = attempt
    this.logger.warn({ msg: 'a webhook endpoint answered 410 and is disabled', endpoint_id })
    await this.deliveries.recordGone(attempt, retryDelayMs)
  }

  /** Until the queue is empty; then it is removed, and the next attempt starts a new one. */
  private async work(institutionId: string): Promise<void> {
    const queue = this.queues.get(institutionId) ?? []
    while (queue.length > 0) {
      await this.write(queue.splice(0, BATCH_SIZE))
    }
    this.queues.delete(institutionId)
  }

  /** A batch that fails as a whole is tried one by one, so that one bad row never harms its neighbours. */
  private async write(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.deliveries.record(batch.map(({ attempt }) => attempt))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      const [only] = batch
      if (only && batch.length === 1) only.reject(error)
      else for (const one of batch) await this.write([one])
    }
  }
}
