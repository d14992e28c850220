import { Injectable } from '@nestjs/common'
import { assert } from '../../../kernel/assert.js'
import { nextDeliveryStatus } from './delivery.state.js'
import type { ClaimedDelivery, DeliveryAttempt } from './delivery.types.js'
import { DeliveryRecordService } from './delivery-record.service.js'
import { retryDelayMs, triggerOf } from './retry-schedule.rules.js'
import { WebhookClient } from './webhook.client.js'
import { WebhookSigner, webhookBody } from './webhook.signer.js'

/** One try of one delivery: sign, send, write down. */
@Injectable()
export class DeliveryAttemptService {
  constructor(
    private readonly client: WebhookClient,
    private readonly signer: WebhookSigner,
    private readonly records: DeliveryRecordService,
  ) {}

  /** No transaction is open while the endpoint answers. */
  async attempt(delivery: ClaimedDelivery): Promise<DeliveryAttempt> {
    const { institution_id, livemode, endpoint_id, id: delivery_id, url } = delivery
    // The same bytes on every try: everything in it is of the event, which never changes.
    const body = webhookBody({
      ...delivery,
      ...{ id: delivery.event_id, type: delivery.event_type },
      created_at: delivery.event_created_at,
    })
    const id = delivery.event_id
    const headers = await this.signer.sign(delivery, { id, sent_at: delivery.claimed_at, body })
    const answer = await this.client.post({ url, livemode, headers, body })
    const { attempt_count, round_start, is_endpoint_failing } = delivery
    const attemptsMade = attempt_count - round_start + 1
    const trigger = triggerOf(answer.response_status, attemptsMade)
    const status = nextDeliveryStatus('pending', trigger)
    assert(status, `a waiting delivery can be moved by ${trigger}`)
    const retryDelay = retryDelayMs(attemptsMade, Math.random())
    const attempt: DeliveryAttempt = {
      ...{ institution_id, livemode, endpoint_id, delivery_id, url, ...answer, status },
      ...{ round_start, is_endpoint_failing },
      is_resend: round_start > 0 && attempt_count === round_start,
      retry_delay_ms: trigger === 'refused' ? retryDelay : null,
      request_headers: headers,
      request_body: body,
      attempted_at: delivery.claimed_at,
    }
    await (trigger === 'gone'
      ? this.records.recordGone(attempt, retryDelay)
      : this.records.record(attempt))
    return attempt
  }
}
