import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { JobHandler } from '../../../infra/jobs/jobs.js'
import { DELIVER_JOB } from './delivery.types.js'
import { DeliveryDispatchService } from './delivery-dispatch.service.js'

const Payload = z.object({
  institution_id: z.string(),
  livemode: z.boolean(),
  endpoint_id: z.string(),
})

/** Ends when deliveries are claimed, so that a slow endpoint never holds a place of the job queue. */
@Injectable()
export class WebhookDeliverJob implements JobHandler {
  readonly name = DELIVER_JOB

  constructor(private readonly dispatch: DeliveryDispatchService) {}

  run(payload: unknown): Promise<void> {
    return this.dispatch.wake(Payload.parse(payload))
  }
}
