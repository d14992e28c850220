import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { JobHandler } from '../../../infra/jobs/jobs.js'
import { RESEND_JOB, WebhookResendService } from './resend.service.js'

const Payload = z.object({ institution_id: z.string(), livemode: z.boolean(), id: z.string() })

@Injectable()
export class WebhookResendJob implements JobHandler {
  readonly name = RESEND_JOB

  constructor(private readonly resends: WebhookResendService) {}

  run(payload: unknown): Promise<void> {
    return this.resends.step(Payload.parse(payload))
  }
}
