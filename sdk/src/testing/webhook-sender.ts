import type { Event, WebhookAttempt, WebhookDelivery } from '../resources/types.js'
import type { PlatformSigner } from './platform-signer.js'
import type { EndpointRow, World } from './sandbox.world.js'

/** Receives what the sandbox sends to a webhook endpoint, as a server would. */
export type WebhookReceiver = (request: Request) => Response | Promise<Response>

/** One try to deliver an event: what was sent, and what came back. */
export interface SentWebhook {
  readonly url: string
  readonly event: Event
  /** Truly signed, with the endpoint's secret and with the sandbox's own key. */
  readonly headers: Readonly<Record<string, string>>
  /** The exact bytes that were signed. */
  readonly body: string
  /** Null: there was no answer. */
  readonly status: number | null
  /** 1 for the first try. */
  readonly attempt: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** The platform's pauses between tries, without its jitter. */
const RETRY_DELAYS_MS = [
  ...[5_000, 30_000, 3 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS],
  ...[HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS],
]

/** Brings every event to every endpoint that wants it, and comes again when it is not taken. */
export class WebhookSender {
  readonly sent: SentWebhook[] = []
  readonly #world: World
  readonly #signer: PlatformSigner
  receiver: WebhookReceiver | undefined

  constructor(world: World, signer: PlatformSigner, receiver: WebhookReceiver | undefined) {
    this.#world = world
    this.#signer = signer
    this.receiver = receiver
    world.onEvent = (event) => this.#enqueue(event)
  }

  #enqueue(event: Event): void {
    for (const endpoint of this.#world.endpoints.all()) {
      const { event_types: types, id, status } = endpoint.wire
      if (status !== 'enabled' || (types.length > 0 && !types.includes(event.type))) continue
      const delivery: WebhookDelivery = {
        id: this.#world.newId('dlv'),
        object: 'webhook_delivery',
        livemode: false,
        created_at: this.#world.timestamp(),
        metadata: {},
        endpoint_id: id,
        event_id: event.id,
        event_type: event.type,
        status: 'pending',
        attempt_count: 0,
        next_attempt_at: this.#world.timestamp(),
        attempts: [],
      }
      this.#world.deliveries.add({ wire: delivery })
      this.#schedule(event, delivery, 0)
    }
  }

  #schedule(event: Event, delivery: WebhookDelivery, delayMs: number): void {
    const atMs = this.#world.clock.now().getTime() + delayMs
    delivery.next_attempt_at = new Date(atMs).toISOString()
    this.#world.clock.schedule('webhook', atMs, () => this.#attempt(event, delivery))
  }

  async #attempt(event: Event, delivery: WebhookDelivery): Promise<void> {
    const endpoint = this.#world.endpoints.get(delivery.endpoint_id)
    if (endpoint?.wire.status !== 'enabled') {
      this.#end(delivery, 'cancelled')
      return
    }
    const sent = await this.#send(event, endpoint, delivery.attempt_count + 1)
    delivery.attempt_count = sent.attempt
    delivery.attempts = [...delivery.attempts, attemptOf(sent, this.#world.timestamp())]
    const { status } = sent
    if (status !== null && status >= 200 && status < 300) this.#end(delivery, 'delivered')
    else if (status === 410) {
      const disabled_at = this.#world.timestamp()
      Object.assign(endpoint.wire, { status: 'disabled', disabled_reason: 'gone', disabled_at })
      this.#end(delivery, 'cancelled')
    } else {
      const delayMs = RETRY_DELAYS_MS[sent.attempt - 1]
      if (delayMs === undefined) this.#end(delivery, 'exhausted')
      else this.#schedule(event, delivery, delayMs)
    }
  }

  #end(delivery: WebhookDelivery, status: WebhookDelivery['status']): void {
    delivery.status = status
    delivery.next_attempt_at = null
  }

  async #send(event: Event, { secret, wire }: EndpointRow, attempt: number): Promise<SentWebhook> {
    const { id, type, created_at, livemode, api_version, data } = event
    const body = JSON.stringify({ id, type, created_at, livemode, api_version, data })
    const headers = this.#signer.webhookHeaders(id, body, secret)
    const status = await this.#statusOf(new Request(wire.url, { method: 'POST', headers, body }))
    const sent = { url: wire.url, event, headers, body, status, attempt }
    this.sent.push(sent)
    return sent
  }

  /** Without a receiver everything is taken: then the test looks at what was sent. */
  async #statusOf(request: Request): Promise<number | null> {
    if (this.receiver === undefined) return 204
    try {
      return (await this.receiver(request)).status
    } catch {
      return null
    }
  }
}

const PROBLEM = {
  code: 'not_taken',
  en: 'The receiver did not answer 2xx.',
  zh: '接收方没有返回 2xx。',
}

function attemptOf(sent: SentWebhook, at: string): WebhookAttempt {
  const { attempt, status } = sent
  const isTaken = status !== null && status >= 200 && status < 300
  return {
    position: attempt,
    cause: attempt === 1 ? 'first' : 'retry',
    problem: isTaken ? null : PROBLEM,
    url: sent.url,
    request_headers: { ...sent.headers },
    request_body: sent.body,
    response_status: status,
    response_headers: status === null ? null : {},
    response_body: status === null ? null : '',
    error: status === null ? 'the receiver did not answer' : null,
    duration_ms: 0,
    attempted_at: at,
  }
}
