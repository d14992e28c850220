import { Injectable } from '@nestjs/common'
import { PlatformKeys } from '../../../infra/crypto/platform-keys.js'
import { Vault } from '../../../infra/crypto/vault.js'
import { assert } from '../../../kernel/assert.js'
import { secretContext } from '../endpoints/webhook-endpoint.types.js'
import { nextDeliveryStatus } from './delivery.state.js'
import type { ClaimedDelivery, DeliveryAttempt } from './delivery.types.js'
import { DeliveryRecordService } from './delivery-record.service.js'
import { retryDelayMs, triggerOf } from './retry-schedule.rules.js'
import { WebhookClient } from './webhook.client.js'
import { hmacSignature, platformSignature, signedContent } from './webhook-signature.rules.js'

const USER_AGENT = 'OpenBursar-Webhooks/1'

/** One try of one delivery: sign, send, write down. */
@Injectable()
export class DeliveryAttemptService {
  constructor(
    private readonly client: WebhookClient,
    private readonly platformKeys: PlatformKeys,
    private readonly vault: Vault,
    private readonly records: DeliveryRecordService,
  ) {}

  /** No transaction is open while the endpoint answers. */
  async attempt(delivery: ClaimedDelivery): Promise<DeliveryAttempt> {
    const { institution_id, livemode, endpoint_id, id: delivery_id, url } = delivery
    const body = bodyOf(delivery)
    const headers = await this.headersOf(delivery, body)
    const answer = await this.client.post({ url, livemode, headers, body })
    const attemptsMade = delivery.attempt_count + 1
    const trigger = triggerOf(answer.response_status, attemptsMade)
    const status = nextDeliveryStatus('pending', trigger)
    assert(status, `a waiting delivery can be moved by ${trigger}`)
    const retryDelay = retryDelayMs(attemptsMade, Math.random())
    const attempt: DeliveryAttempt = {
      ...{ institution_id, livemode, endpoint_id, delivery_id, url, ...answer, status },
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

  private async headersOf(
    delivery: ClaimedDelivery,
    body: string,
  ): Promise<Record<string, string>> {
    const timestamp = Math.floor(delivery.claimed_at.getTime() / 1000)
    const content = signedContent(delivery.event_id, timestamp, body)
    const { institution_id, endpoint_id } = delivery
    const context = secretContext(endpoint_id)
    const secret = await this.vault.open(institution_id, context, delivery.secret)
    const ours = await this.platformKeys.sign(content)
    const signatures = ours.map(({ signature }) => platformSignature(signature))
    return {
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': delivery.event_id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': [hmacSignature(secret, content), ...signatures].join(' '),
    }
  }
}

/** The same bytes on every try: everything in it is of the event, which never changes. */
function bodyOf(delivery: ClaimedDelivery): string {
  return JSON.stringify({
    id: delivery.event_id,
    type: delivery.event_type,
    created_at: delivery.event_created_at.toISOString(),
    livemode: delivery.livemode,
    api_version: delivery.api_version,
    data: { object: delivery.object },
  })
}
