import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { JobHandler } from '../../infra/jobs/jobs.js'
import { LateSuccessRefundService } from './late-success-refund.service.js'
import { LATE_SUCCESS_REFUND_JOB } from './refund-poll.rules.js'

const Payload = z.object({
  institution_id: z.string(),
  livemode: z.boolean(),
  late_success_id: z.string(),
  /** Left out by whoever adds the first job. */
  query_count: z.int().min(0).default(0),
})

/** Gives late money back, and asks the channel until it has. */
@Injectable()
export class LateSuccessRefundJob implements JobHandler {
  readonly name = LATE_SUCCESS_REFUND_JOB

  constructor(private readonly lateSuccesses: LateSuccessRefundService) {}

  async run(payload: unknown): Promise<void> {
    const { late_success_id, query_count, ...tenant } = Payload.parse(payload)
    await this.lateSuccesses.bringOn(tenant, late_success_id, query_count)
  }
}
