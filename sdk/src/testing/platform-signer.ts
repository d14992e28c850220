import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { toBase64 } from '../internal/bytes.js'

interface OwnKey {
  readonly kid: string
  readonly x: string
  readonly private_key: KeyObject
}

const COMPONENTS = '("@status" "content-digest" "@method";req "@target-uri";req)'

/** The sandbox's own keys: it signs its answers and its webhooks as the platform does. */
export class PlatformSigner {
  readonly #response = newKey('sandbox-response')
  readonly #webhook = newKey('sandbox-webhook')

  /** The webhooks' key as Standard Webhooks libraries take it. */
  get webhookPublicKey(): string {
    return `whpk_${Buffer.from(this.#webhook.x, 'base64url').toString('base64')}`
  }

  jwks(): object {
    const entry = ({ kid, x }: OwnKey, purpose: string) => {
      const shared = { kid, kty: 'OKP', crv: 'Ed25519', x, use: 'sig', alg: 'EdDSA' }
      return { ...shared, purpose }
    }
    const forWebhooks = { webhook_public_key: this.webhookPublicKey }
    return {
      keys: [
        { ...entry(this.#webhook, 'webhook'), ...forWebhooks },
        entry(this.#response, 'response'),
      ],
    }
  }

  /** The headers of a signed answer (RFC 9421 Section 2.4). */
  responseHeaders(
    request: { readonly method: string; readonly url: string },
    answer: { readonly status: number; readonly body: string },
  ): Record<string, string> {
    const digest = `sha-256=:${createHash('sha256').update(answer.body).digest('base64')}:`
    const created = Math.floor(Date.now() / 1000)
    const { kid, private_key } = this.#response
    const params = `${COMPONENTS};created=${created};keyid="${kid}";alg="ed25519";tag="bursar-response"`
    const base = [
      `"@status": ${answer.status}`,
      `"content-digest": ${digest}`,
      `"@method";req: ${request.method}`,
      `"@target-uri";req: ${request.url}`,
      `"@signature-params": ${params}`,
    ].join('\n')
    const signature = sign(null, Buffer.from(base), private_key)
    return {
      'content-digest': digest,
      'signature-input': `bursar=${params}`,
      signature: `bursar=:${toBase64(signature)}:`,
    }
  }

  /** The headers of a webhook (Standard Webhooks 1.0), signed at the moment it is sent. */
  webhookHeaders(eventId: string, body: string, secret: string): Record<string, string> {
    // Real time: a receiver compares it with its own clock, which no sandbox sets forward.
    const timestamp = String(Math.floor(Date.now() / 1000))
    const content = Buffer.from(`${eventId}.${timestamp}.${body}`)
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    const mac = createHmac('sha256', key).update(content).digest('base64')
    const signature = toBase64(sign(null, content, this.#webhook.private_key))
    return {
      'content-type': 'application/json',
      'user-agent': 'OpenBursar-Webhooks/1',
      'webhook-id': eventId,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${mac} v1a,${signature}`,
    }
  }
}

function newKey(kid: string): OwnKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { kid, x: publicKey.export({ format: 'jwk' }).x ?? '', private_key: privateKey }
}
