import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { JobHandler } from '../../infra/jobs/jobs.js'
import { PaymentRepository } from './payment.repository.js'
import { QUERY_JOB } from './payment.rules.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentAttemptService } from './payment-attempt.service.js'

const Payload = z.object({
  institution_id: z.string(),
  livemode: z.boolean(),
  attempt_id: z.string(),
})

/** Asks the channel what became of an order, until it is known: lost orders are recovered here (掉单). */
@Injectable()
export class PaymentQueryJob implements JobHandler {
  readonly name = QUERY_JOB

  constructor(
    private readonly attempts: PaymentAttemptRepository,
    private readonly payments: PaymentRepository,
    private readonly service: PaymentAttemptService,
  ) {}

  async run(payload: unknown): Promise<void> {
    const { attempt_id, ...tenant } = Payload.parse(payload)
    const attempt = await this.attempts.find(tenant, attempt_id)
    const payment = attempt && (await this.payments.findAny(tenant, attempt.payment_id))
    if (attempt && payment) await this.service.recover(attempt, payment)
  }
}
