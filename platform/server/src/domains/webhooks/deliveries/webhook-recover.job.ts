import { Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../../infra/jobs/jobs.js'
import { DeliveryRepository } from './delivery.repository.js'

/** A worker that lives has claimed what is due long before, unless the endpoint's window is full. */
const OVERDUE_SECONDS = 5
const ENDPOINTS_MAX = 1_000

/**
 * A worker that is killed leaves claimed deliveries behind, and job locks that the queue keeps for hours.
 * The deliveries come due again when their lease ends; this finds them. It only wakes: what is sent is
 * what a claim finds due, and an attempt that is under way is not, because its lease outlasts its deadline.
 */
@Injectable()
export class WebhookRecoverJob implements PeriodicTask {
  readonly name = 'webhook-recover'
  readonly everyMs = 5_000

  constructor(private readonly deliveries: DeliveryRepository) {}

  async run(): Promise<void> {
    await this.deliveries.recoverOverdue(OVERDUE_SECONDS, ENDPOINTS_MAX)
  }
}
