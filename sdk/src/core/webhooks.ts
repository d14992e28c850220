import { type Bytes, fromBase64, toBase64, utf8 } from '../internal/bytes.js'
import type { EventObjects } from '../resources/types.js'
import { BursarWebhookError, type WebhookErrorCode } from './errors.js'
import { PublishedKeys } from './platform-keys.js'
import {
  type Ed25519Key,
  importPrivateKey,
  importPublicKey,
  importSecret,
  type WebKey,
} from './verification-keys.js'

/** An event of one type, as it stands in a webhook's body and in `GET /v1/events`. */
export interface EventOf<Type extends keyof EventObjects> {
  /** `evt_…`, the same over every retry: remember it, and ignore the second arrival. */
  id: string
  type: Type
  created_at: string
  livemode: boolean
  api_version: string
  data: { object: EventObjects[Type] }
}

/** Any event; `switch (event.type)` narrows `event.data.object`. Newer types fall to `default`. */
export type BursarEvent = { [Type in keyof EventObjects]: EventOf<Type> }[keyof EventObjects]

export type WebhookHeaders =
  | { get(name: string): string | null }
  | Record<string, string | readonly string[] | undefined>

export interface VerifyWebhookOptions {
  /** The endpoint's `whsec_…`; several during a rotation. */
  secret?: string | readonly string[] | undefined
  /** The platform's Ed25519 key: `whpk_…`, PEM or JWK; several during a rotation. */
  publicKey?: Ed25519Key | readonly Ed25519Key[] | undefined
  /** Instead of `publicKey`: the keys that the platform publishes, from {@link webhooks.platformKeys}. */
  platformKeys?: WebhookPlatformKeys | undefined
  /** How old or how far ahead `webhook-timestamp` may be. Default 300. */
  toleranceSeconds?: number | undefined
  /** The current time; for tests. */
  now?: Date | undefined
}

/** The platform's published webhook keys, read when they are needed. Keep one for the whole process. */
export type WebhookPlatformKeys = Pick<PublishedKeys, 'all' | 'prepare' | 'renew'>

export interface WebhookPlatformKeysOptions {
  fetch?: typeof globalThis.fetch | undefined
  timeoutMs?: number | undefined
}

export interface SignWebhookOptions {
  id: string
  secret?: string | undefined
  /** Ed25519, PKCS#8 PEM or private JWK. */
  privateKey?: Ed25519Key | undefined
  timestamp?: Date | undefined
}

export type RawBody = string | Uint8Array | ArrayBuffer

/** A receiver's limit: a rotation needs two or three signatures, never dozens. */
const SIGNATURES_MAX = 20
const JWKS_TIMEOUT_MS = 10_000

/**
 * Checks that a webhook comes from the platform, is fresh and untouched, and returns its event.
 * Pass the body exactly as it arrived: parsed and printed again it has other bytes.
 * Standard Webhooks 1.0, with WebCrypto only, so it runs on every runtime.
 *
 * ```ts
 * const event = await webhooks.verify(await request.text(), request.headers, { secret: 'whsec_…' })
 * if (event.type === 'payment.succeeded') await ship(event.data.object.out_trade_no)
 * ```
 *
 * @throws BursarWebhookError whose `code` says which check failed
 */
async function verify(
  rawBody: RawBody,
  headers: WebhookHeaders,
  options: VerifyWebhookOptions,
): Promise<BursarEvent> {
  const id = requireHeader(headers, 'webhook-id')
  const timestamp = requireHeader(headers, 'webhook-timestamp')
  const signatures = requireHeader(headers, 'webhook-signature').split(' ')
  checkTimestamp(timestamp, options)
  const body = bytesOf(rawBody)
  const signed = signedContent(id, timestamp, body)
  if (!(await matchesAny(signatures.slice(0, SIGNATURES_MAX), signed, options))) {
    throw refuse(
      'webhook_signature_mismatch',
      'no signature of the webhook matches: check that the body is the raw one, and that the ' +
        'secret or the public key belongs to this endpoint',
    )
  }
  return parseEvent(body)
}

/**
 * The same for a receiver that is a function of a `Request`.
 *
 * ```ts
 * export default { fetch: async (request: Request) => use(await webhooks.verifyRequest(request, { secret })) }
 * ```
 *
 * @throws BursarWebhookError whose `code` says which check failed
 */
async function verifyRequest(
  request: Request,
  options: VerifyWebhookOptions,
): Promise<BursarEvent> {
  return verify(await request.arrayBuffer(), request.headers, options)
}

/**
 * The keys that the platform at this origin publishes for webhooks, for `platformKeys`. Read from
 * `/.well-known/jwks.json` at the first webhook, again after ten minutes, and when a signature fits none
 * of them (at most every 30 seconds), so a rotation goes unnoticed.
 */
function platformKeys(
  baseUrl: string,
  options: WebhookPlatformKeysOptions = {},
): WebhookPlatformKeys {
  return new PublishedKeys({
    baseUrl: baseUrl.replace(/\/+$/, ''),
    purpose: 'webhook',
    timeoutMs: options.timeoutMs ?? JWKS_TIMEOUT_MS,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  })
}

async function matchesAny(
  signatures: readonly string[],
  signed: Bytes,
  options: VerifyWebhookOptions,
): Promise<boolean> {
  const { platformKeys: published } = options
  const secrets = await Promise.all(listOf(options.secret).map(importSecret))
  const publicKeys = await Promise.all(listOf(options.publicKey).map(importPublicKey))
  if (secrets.length + publicKeys.length === 0 && published === undefined) {
    throw refuse('webhook_key_invalid', 'pass secret (whsec_…), publicKey or platformKeys')
  }
  if (await matchesKeys(signatures, signed, secrets, publicKeys)) return true
  if (published === undefined || !signatures.some((entry) => entry.startsWith('v1a,'))) return false
  await published.prepare().catch((cause: unknown) => {
    throw refuse(
      'webhook_keys_unavailable',
      "the platform's webhook keys could not be read; answer 500, and the webhook comes again",
      cause,
    )
  })
  if (await matchesKeys(signatures, signed, [], published.all())) return true
  return (await published.renew()) && matchesKeys(signatures, signed, [], published.all())
}

async function matchesKeys(
  signatures: readonly string[],
  signed: Bytes,
  secrets: readonly WebKey[],
  publicKeys: readonly WebKey[],
): Promise<boolean> {
  for (const entry of signatures) {
    const comma = entry.indexOf(',')
    const version = entry.slice(0, comma)
    const signature = fromBase64(entry.slice(comma + 1))
    if (signature === undefined) continue
    // Other versions are not ours to judge. A version without a key of its kind has no keys here.
    const keys = version === 'v1' ? secrets : version === 'v1a' ? publicKeys : []
    for (const key of keys) {
      // subtle.verify compares in constant time.
      if (await crypto.subtle.verify(key.algorithm.name, key, signature, signed)) return true
    }
  }
  return false
}

/**
 * Makes the three headers of a webhook, for tests of your own receiver.
 *
 * ```ts
 * const headers = await webhooks.sign(body, { id: 'evt_1', secret: 'whsec_…' })
 * ```
 */
async function sign(
  rawBody: RawBody,
  options: SignWebhookOptions,
): Promise<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const seconds = Math.floor((options.timestamp ?? new Date()).getTime() / 1000)
  const signed = signedContent(options.id, String(seconds), bytesOf(rawBody))
  const signatures: string[] = []
  if (options.secret !== undefined) {
    const key = await importSecret(options.secret)
    const mac = await crypto.subtle.sign('HMAC', key, signed)
    signatures.push(`v1,${toBase64(new Uint8Array(mac))}`)
  }
  if (options.privateKey !== undefined) {
    const key = await importPrivateKey(options.privateKey)
    const signature = await crypto.subtle.sign('Ed25519', key, signed)
    signatures.push(`v1a,${toBase64(new Uint8Array(signature))}`)
  }
  return {
    'webhook-id': options.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  }
}

export const webhooks = { platformKeys, sign, verify, verifyRequest }

function requireHeader(headers: WebhookHeaders, name: string): string {
  const value = readHeader(headers, name)
  if (value !== undefined && value !== '') return value
  throw refuse('webhook_header_missing', `the header ${name} is missing`)
}

function readHeader(headers: WebhookHeaders, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name)
  const value = entry?.[1]
  return typeof value === 'string' ? value : value?.join(' ')
}

function isHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function'
}

function checkTimestamp(timestamp: string, options: VerifyWebhookOptions): void {
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw refuse('webhook_timestamp_invalid', 'webhook-timestamp is not a number of seconds')
  }
  const toleranceSeconds = options.toleranceSeconds ?? 300
  const ageSeconds = (options.now ?? new Date()).getTime() / 1000 - Number(timestamp)
  if (ageSeconds > toleranceSeconds) {
    throw refuse('webhook_timestamp_too_old', `the webhook is ${Math.round(ageSeconds)} s old`)
  }
  if (-ageSeconds > toleranceSeconds) {
    throw refuse(
      'webhook_timestamp_too_new',
      `the webhook comes from ${Math.round(-ageSeconds)} s ahead; check this machine's clock`,
    )
  }
}

function parseEvent(body: Bytes): BursarEvent {
  const text = new TextDecoder().decode(body)
  try {
    const event: BursarEvent = JSON.parse(text)
    if (typeof event?.id === 'string' && typeof event.type === 'string') return event
  } catch (cause) {
    throw refuse('webhook_payload_invalid', 'the webhook is genuine but is not JSON', cause)
  }
  throw refuse('webhook_payload_invalid', 'the webhook is genuine but is not an event')
}

function signedContent(id: string, timestamp: string, body: Bytes): Bytes {
  const prefix = utf8(`${id}.${timestamp}.`)
  const content = new Uint8Array(prefix.length + body.length)
  content.set(prefix)
  content.set(body, prefix.length)
  return content
}

function bytesOf(rawBody: RawBody): Bytes {
  if (typeof rawBody === 'string') return utf8(rawBody)
  if (ArrayBuffer.isView(rawBody) || isArrayBuffer(rawBody)) return new Uint8Array(rawBody)
  throw refuse(
    'webhook_payload_invalid',
    'the body must be the raw text or bytes of the request, not an object parsed from it',
  )
}

/** By its tag: one of another realm, as test frameworks have them, is no instance of our class. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]'
}

function listOf<T extends string | object>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return isList(value) ? value : [value]
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}

function refuse(code: WebhookErrorCode, message: string, cause?: unknown): BursarWebhookError {
  return new BursarWebhookError(message, { code, cause })
}
