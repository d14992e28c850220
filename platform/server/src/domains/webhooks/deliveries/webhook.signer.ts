import { Injectable } from '@nestjs/common'
import { PlatformKeys } from '../../../infra/crypto/platform-keys.js'
import { Vault } from '../../../infra/crypto/vault.js'
import { secretContext } from '../endpoints/webhook-endpoint.types.js'
import type { EventContent } from '../events/event.types.js'
import { hmacSignature, platformSignature, signedContent } from './webhook-signature.rules.js'

const USER_AGENT = 'OpenBursar-Webhooks/1'

/** Whose secrets sign: the present one, and those that were replaced and are still valid. */
export interface SigningEndpoint {
  readonly institution_id: string
  readonly endpoint_id: string
  readonly secret: Uint8Array
  readonly old_secrets: readonly Uint8Array[] | null
}

export interface WebhookMessage {
  readonly id: string
  readonly sent_at: Date
  readonly body: string
}

@Injectable()
export class WebhookSigner {
  constructor(
    private readonly platformKeys: PlatformKeys,
    private readonly vault: Vault,
  ) {}

  /** The headers of one message: every valid secret signs it, and the platform's key. */
  async sign(endpoint: SigningEndpoint, message: WebhookMessage): Promise<Record<string, string>> {
    const { institution_id, endpoint_id, secret, old_secrets } = endpoint
    const timestamp = Math.floor(message.sent_at.getTime() / 1000)
    const content = signedContent(message.id, timestamp, message.body)
    const context = secretContext(endpoint_id)
    const theirs = await Promise.all(
      [secret, ...(old_secrets ?? [])].map(async (sealed) =>
        hmacSignature(await this.vault.open(institution_id, context, sealed), content),
      ),
    )
    const ours = await this.platformKeys.sign(content)
    const signatures = [...theirs, ...ours.map(({ signature }) => platformSignature(signature))]
    return {
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': message.id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatures.join(' '),
    }
  }
}

/** What Standard Webhooks and our document promise of a body. */
export function webhookBody(event: EventContent): string {
  return JSON.stringify({
    id: event.id,
    type: event.type,
    created_at: event.created_at.toISOString(),
    livemode: event.livemode,
    api_version: event.api_version,
    data: { object: event.object },
  })
}
