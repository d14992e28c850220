import { Injectable } from '@nestjs/common'
import type { PeriodicTask } from '../../../infra/jobs/jobs.js'
import { DeliveryRepository } from './delivery.repository.js'

const OVERDUE_SECONDS = 30
const ENDPOINTS_MAX = 1_000

/**
 * A worker that is killed leaves claimed deliveries behind, and job locks that the queue keeps for hours.
 * The deliveries come due again when their lease ends; this finds them.
 */
@Injectable()
export class WebhookRecoverJob implements PeriodicTask {
  readonly name = 'webhook-recover'
  readonly everyMs = 15_000

  constructor(private readonly deliveries: DeliveryRepository) {}

  async run(): Promise<void> {
    await this.deliveries.recoverOverdue(OVERDUE_SECONDS, ENDPOINTS_MAX)
  }
}
