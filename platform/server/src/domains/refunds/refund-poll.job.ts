import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { JobHandler } from '../../infra/jobs/jobs.js'
import { REFUND_POLL_JOB } from './refund-poll.rules.js'
import { RefundProgressService } from './refund-progress.service.js'

const Payload = z.object({
  institution_id: z.string(),
  livemode: z.boolean(),
  refund_id: z.string(),
})

/** Asks the channel about a refund until it knows. */
@Injectable()
export class RefundPollJob implements JobHandler {
  readonly name = REFUND_POLL_JOB

  constructor(private readonly progress: RefundProgressService) {}

  async run(payload: unknown): Promise<void> {
    const { refund_id, ...tenant } = Payload.parse(payload)
    await this.progress.poll(tenant, refund_id)
  }
}
