import { BursarConfigurationError } from './errors.js'
import {
  type Ed25519Jwk,
  type Ed25519Key,
  importPublicKey,
  type WebKey,
} from './verification-keys.js'

/** The keys with which the platform signs its answers. */
export interface PlatformKeys {
  /** Awaited before a write is sent: an answer that cannot be judged is no use. */
  prepare(): Promise<unknown>
  /** Keys that may have made a signature of this `keyid`. */
  find(keyId: string): Promise<readonly WebKey[]>
}

/** Keys that the caller was given by a way of their own; nothing else is believed. */
export function pinnedKeys(keys: readonly Ed25519Key[]): PlatformKeys {
  let imported: Promise<WebKey[]> | undefined
  // Imported once, at the first call, because WebCrypto does it asynchronously.
  const prepare = (): Promise<WebKey[]> => {
    imported ??= Promise.all(keys.map(importPublicKey)).catch((cause: unknown) => {
      const expected = 'Ed25519 keys as JWK, PEM or base64, as in /.well-known/jwks.json'
      throw new BursarConfigurationError(`platformKeys must be ${expected}`, { cause })
    })
    return imported
  }
  return { prepare, find: prepare }
}

/** How long a key that the platform no longer publishes may go on being believed. */
const LIFETIME_MS = 600_000
/** A stranger's answers must not make every caller ask for the keys. */
const REFETCH_INTERVAL_MS = 30_000

export interface PublishedKeysOptions {
  baseUrl: string
  timeoutMs: number
  fetch: typeof globalThis.fetch
  /** Which of the published keys: the document also holds those for other signatures. */
  purpose?: 'response' | 'webhook'
  nowMs?: () => number
}

interface PublishedJwks {
  keys: (Ed25519Jwk & { kid: string; purpose?: string })[]
}

/** What `/.well-known/jwks.json` says: read at the first write, and when a key is new. */
export class PublishedKeys implements PlatformKeys {
  readonly #options: PublishedKeysOptions
  readonly #nowMs: () => number
  #keys = new Map<string, WebKey>()
  #fetching: Promise<void> | undefined
  #fetchedAtMs = Number.NEGATIVE_INFINITY
  #refetchedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: PublishedKeysOptions) {
    this.#options = options
    this.#nowMs = options.nowMs ?? Date.now
  }

  async prepare(): Promise<void> {
    if (this.#nowMs() - this.#fetchedAtMs >= LIFETIME_MS) await this.#refresh()
  }

  async find(keyId: string): Promise<readonly WebKey[]> {
    if (!this.#keys.has(keyId)) await this.renew()
    const key = this.#keys.get(keyId)
    return key === undefined ? [] : [key]
  }

  /** All of them: a webhook does not say which one signed it. */
  all(): readonly WebKey[] {
    return [...this.#keys.values()]
  }

  /** Reads them again, because one may be new; says whether it could. */
  async renew(): Promise<boolean> {
    if (this.#nowMs() - this.#refetchedAtMs < REFETCH_INTERVAL_MS) return false
    this.#refetchedAtMs = this.#nowMs()
    // Without the new key nothing is believed, which is all that a failure should mean.
    return this.#refresh().then(
      () => true,
      () => false,
    )
  }

  /** Calls that need the keys at the same time share one request. */
  #refresh(): Promise<void> {
    this.#fetching ??= this.#fetchKeys().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #fetchKeys(): Promise<void> {
    const { baseUrl, fetch, purpose: wanted = 'response', timeoutMs } = this.#options
    const response = await fetch(`${baseUrl}/.well-known/jwks.json`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      // Whoever the platform redirects to is not the platform.
      redirect: 'manual',
    })
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    const { keys }: PublishedJwks = JSON.parse(await response.text())
    // The same document holds keys for answers, webhooks and tokens; one must not pass for another.
    const ours = keys.filter(
      ({ crv, kid, purpose = 'response' }) =>
        crv === 'Ed25519' && typeof kid === 'string' && purpose === wanted,
    )
    this.#keys = new Map(
      await Promise.all(ours.map(async (jwk) => [jwk.kid, await importPublicKey(jwk)] as const)),
    )
    this.#fetchedAtMs = this.#nowMs()
  }
}
