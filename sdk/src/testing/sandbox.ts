import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { sleep } from '../core/deadline.js'
import type { BursarOptions } from '../core/options.js'
import type { SignatureAlgorithm } from '../core/signer.js'
import type { Event, Payment, SimulatePayment } from '../resources/types.js'
import { PlatformSigner } from './platform-signer.js'
import { RequestVerifier, type SignedRequest } from './request-signature.js'
import { BILL_HANDLERS } from './resources/bills.js'
import { CHECKOUT_HANDLERS } from './resources/checkouts.js'
import { EVENT_HANDLERS } from './resources/events.js'
import { FEE_ITEM_HANDLERS } from './resources/fee-items.js'
import { DEPARTMENT_HANDLERS, TEST_HELPER_HANDLERS } from './resources/other-resources.js'
import { PAYER_HANDLERS } from './resources/payers.js'
import { PAYMENT_HANDLERS, play, requirePayment } from './resources/payments.js'
import { REFUND_HANDLERS } from './resources/refunds.js'
import { WEBHOOK_HANDLERS } from './resources/webhook-endpoints.js'
import { SandboxClock } from './sandbox.clock.js'
import { FaultBox } from './sandbox.faults.js'
import { SandboxGateway } from './sandbox.gateway.js'
import { World } from './sandbox.world.js'
import { type SentWebhook, type WebhookReceiver, WebhookSender } from './webhook-sender.js'

export interface SandboxOptions {
  /** The platform's origin; the client must be given the same. Default `https://sandbox.openbursar.test`. */
  readonly baseUrl?: string
  /** Where the clock starts. Default: now. */
  readonly now?: Date
  /**
   * Takes webhooks for the endpoints that the test registers: your own handler, or `fetch` to send them to a
   * server that is listening. Without it they are only collected in `sandbox.webhooks`.
   */
  readonly deliver?: WebhookReceiver
}

/** A key pair that the sandbox knows. */
export interface SandboxKey {
  readonly keyId: string
  /** PKCS#8 PEM. */
  readonly privateKey: string
}

export interface OwnKey {
  readonly keyId: string
  /** SPKI PEM of the public half. */
  readonly publicKey: string
  /** Only an RSA key leaves a choice. Default `rsa-pss-sha512`. */
  readonly algorithm?: SignatureAlgorithm
  /** Default: every scope. */
  readonly scopes?: readonly string[]
}

/** One call that arrived, whatever came of it. */
export interface SeenCall {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Null: the network ate the answer. */
  readonly status: number | null
}

const DEFAULT_BASE_URL = 'https://sandbox.openbursar.test'

const HANDLERS = {
  ...BILL_HANDLERS,
  ...CHECKOUT_HANDLERS,
  ...DEPARTMENT_HANDLERS,
  ...EVENT_HANDLERS,
  ...FEE_ITEM_HANDLERS,
  ...PAYER_HANDLERS,
  ...PAYMENT_HANDLERS,
  ...REFUND_HANDLERS,
  ...TEST_HELPER_HANDLERS,
  ...WEBHOOK_HANDLERS,
}

/** A platform in the memory of a test; see {@link createSandbox}. */
export class Sandbox {
  readonly baseUrl: string
  /** Stands still until it is set forward. */
  readonly clock: SandboxClock
  /** What is to go wrong. */
  readonly faults = new FaultBox()
  /** Every call that arrived, in order. */
  readonly calls: SeenCall[] = []
  readonly #world: World
  readonly #signer = new PlatformSigner()
  readonly #verifier = new RequestVerifier()
  readonly #sender: WebhookSender
  readonly #gateway: SandboxGateway
  readonly #key: SandboxKey

  constructor(options: SandboxOptions = {}) {
    this.baseUrl = (options.baseUrl ?? DEFAULT_BASE_URL).replace(/\/+$/, '')
    this.clock = new SandboxClock(options.now ?? new Date())
    this.#world = new World(this.baseUrl, this.clock, this.faults)
    this.#sender = new WebhookSender(this.#world, this.#signer, options.deliver)
    this.#gateway = new SandboxGateway(this.#world, this.#verifier, this.#signer, HANDLERS)
    this.#key = this.newKey()
  }

  /** Takes the place of `fetch`: in `new Bursar({ fetch })`, or for requests that you sign yourself. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = await readRequest(input, init)
    const { signal } = request
    const { pathname, search } = new URL(request.url)
    const seen = (status: number | null) =>
      this.calls.push({ method: request.method, path: `${pathname}${search}`, status })
    const fault = this.faults.takeForCall(request.method, pathname)
    if (fault !== undefined && 'delayMs' in fault) await pause(fault.delayMs, signal)
    if (fault !== undefined && 'network' in fault && fault.network !== 'answer_lost') {
      throw broken(fault.network === 'refused' ? 'ECONNREFUSED' : 'ECONNRESET')
    }
    if (fault !== undefined && 'status' in fault) {
      seen(fault.status)
      return this.#gateway.refuse(request, fault.status, fault.retryAfterSeconds)
    }
    const answer = await unlessAborted(this.#gateway.answer(request), signal)
    const isLost = fault !== undefined && 'network' in fault
    seen(isLost ? null : answer.status)
    if (isLost) throw broken('ECONNRESET')
    return answer
  }

  /** What the client needs: `new Bursar(sandbox.clientOptions)`. */
  get clientOptions(): BursarOptions {
    return { ...this.#key, baseUrl: this.baseUrl, fetch: this.fetch }
  }

  /** Verifies the `v1a` signatures of the sandbox's webhooks. */
  get webhookPublicKey(): string {
    return this.#signer.webhookPublicKey
  }

  /** The department that the app charges for. */
  get departmentId(): string {
    return this.#world.department.id
  }

  /** Everything that happened, oldest first. */
  get events(): readonly Event[] {
    return this.#world.events.all().map(({ wire }) => wire)
  }

  /** Every try to deliver a webhook, oldest first. */
  get webhooks(): readonly SentWebhook[] {
    return this.#sender.sent
  }

  /** Takes webhooks from now on; see `deliver` of the options. */
  deliverTo(receiver: WebhookReceiver): void {
    this.#sender.receiver = receiver
  }

  /** A further key, such as that of a second person; without `scopes` it may do everything. */
  newKey(options: { readonly scopes?: readonly string[] } = {}): SandboxKey {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const keyId = this.#world.newId('key')
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    this.addKey({ keyId, publicKey: pem, ...options })
    return { keyId, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
  }

  /** Registers a key of yours, so that your program can keep its configuration. */
  addKey({ algorithm, keyId, publicKey, scopes }: OwnKey): void {
    const key = createPublicKey(publicKey)
    const kind = key.asymmetricKeyType
    const usual =
      kind === 'ed25519' ? 'ed25519' : kind === 'ec' ? 'ecdsa-p256-sha256' : 'rsa-pss-sha512'
    this.#verifier.add({
      key_id: keyId,
      public_key: key,
      algorithm: algorithm ?? usual,
      scopes: scopes ?? null,
    })
  }

  /** The payer pays; resolves when everybody has heard of it. */
  async pay(paymentId: string, options: Omit<SimulatePayment, 'action' | 'notify'> = {}) {
    return this.#play(paymentId, { ...options, action: 'pay', notify: 'normal' })
  }

  /** The payer refuses to pay. */
  async refuse(paymentId: string) {
    return this.#play(paymentId, { action: 'refuse', notify: 'normal' })
  }

  /**
   * Lets the channels say all that they have still to say (lost notifications, refunds under way, orders in
   * doubt), going forward in time as far as that takes, and delivers the webhooks that are due.
   */
  settle(): Promise<void> {
    return this.clock.settle()
  }

  async #play(paymentId: string, action: SimulatePayment): Promise<Payment> {
    const row = requirePayment(this.#world, paymentId)
    play(this.#world, row, action)
    await this.clock.settle()
    return structuredClone(row.wire)
  }
}

/**
 * A sandbox of its own for each test: stateful, with the platform's rules, in the memory of the process.
 *
 * ```ts
 * const sandbox = createSandbox()
 * const bursar = new Bursar(sandbox.clientOptions)
 * const payment = await bursar.payments.create({ out_trade_no: 'T-1', amount: 100, subject: 'Tea' })
 * await sandbox.pay(payment.id)
 * ```
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  return new Sandbox(options)
}

async function readRequest(
  input: Parameters<typeof globalThis.fetch>[0],
  init: RequestInit | undefined,
): Promise<SignedRequest> {
  const request = new Request(input, init)
  const { headers, method, signal } = request
  // As it was written: a Request would normalise it, and the signature covers these very characters.
  const url = input instanceof Request ? input.url : String(input)
  const body = new Uint8Array(await request.arrayBuffer())
  return { body, headers, method, signal, url }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, signal)
  if (signal.aborted) throw signal.reason
}

/** A caller who gives up hears nothing more, as with every fetch. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const giveUp = (): void => fail(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    answer.then(done, fail).finally(() => signal.removeEventListener('abort', giveUp))
  })
}

/** How Node's fetch reports a connection that broke. */
function broken(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}
