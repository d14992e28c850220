import { sleep } from './core/deadline.js'
import { BursarConfigurationError } from './core/errors.js'
import { externalSigner } from './core/external-signer.js'
import type { BursarOptions, RequestOptions } from './core/options.js'
import {
  type PlatformKeys,
  PublishedKeys,
  type PublishedKeysOptions,
  pinnedKeys,
} from './core/platform-keys.js'
import { ACCEPT_SIGNATURE } from './core/response-signature.js'
import { type BaseSigner, createSigner } from './core/signer.js'
import { signRequest } from './core/signing.js'
import { type ApiRequest, Transport, type TransportConfig } from './core/transport.js'
import { toBase64, utf8 } from './internal/bytes.js'
import { API_VERSION } from './resources/api-version.js'
import { Resources } from './resources/resources.js'

const DEFAULT_BASE_URL = 'http://localhost:3000'
const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_RETRIES_MAX = 2

/**
 * The client. One instance serves a whole process; it holds no connection and needs no closing.
 *
 * ```ts
 * const bursar = new Bursar({ keyId: 'key_…', privateKey: process.env.BURSAR_PRIVATE_KEY })
 * const bill = await bursar.bills.get('bill_…')
 * ```
 */
export class Bursar extends Resources {
  readonly #transport: Transport

  constructor(options: BursarOptions) {
    const baseUrl = readBaseUrl(options.baseUrl)
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    // Called as a method of another object, a browser's fetch throws "Illegal invocation".
    const fetch: typeof globalThis.fetch =
      options.fetch ?? ((input, init) => globalThis.fetch(input, init))
    const key = options.auth === 'session' ? undefined : readKey(options)
    const transport = new Transport({
      baseUrl,
      timeoutMs,
      maxRetries: options.maxRetries ?? DEFAULT_RETRIES_MAX,
      // The types of this build describe one version, whichever the app is pinned to.
      apiVersion: options.apiVersion ?? API_VERSION,
      headers: options.headers,
      credentials: options.auth === 'session' ? 'include' : undefined,
      fetch,
      authenticate: createAuthenticator(options, key),
      // Only what was signed is answered with a signature.
      platformKeys: key && readPlatformKeys(options, { baseUrl, timeoutMs, fetch }),
      random: Math.random,
      sleep,
    })
    super(transport)
    this.#transport = transport
  }

  /** Calls an endpoint that this version of the SDK doesn't name yet, with all its machinery. */
  request<T = unknown>(request: ApiRequest, options?: RequestOptions): Promise<T> {
    return this.#transport.request(request, options)
  }
}

function readBaseUrl(configured: string | undefined): string {
  const fromEnvironment = globalThis.process?.env?.BURSAR_API_BASE
  const baseUrl = configured ?? (fromEnvironment || DEFAULT_BASE_URL)
  if (!/^https?:\/\/[^/?#\s]+[^?#\s]*$/.test(baseUrl)) {
    throw new BursarConfigurationError(
      `baseUrl is ${JSON.stringify(baseUrl)}; it must be an origin such as https://pay.example.edu`,
    )
  }
  return baseUrl.replace(/\/+$/, '')
}

interface SigningKey {
  keyId: string
  signer: BaseSigner
}

function createAuthenticator(
  options: BursarOptions,
  key: SigningKey | undefined,
): TransportConfig['authenticate'] {
  const { accessToken, auth, debugSignatures } = options
  if (auth === 'session') return async () => {}
  if (key === undefined && accessToken === undefined) {
    throw new BursarConfigurationError(
      'credentials are missing: pass keyId and privateKey, or a signer, or accessToken; ' +
        'create a key in the console under your app',
    )
  }
  return async (request) => {
    if (accessToken !== undefined) {
      const token = typeof accessToken === 'function' ? await accessToken() : accessToken
      request.headers.set('authorization', `Bearer ${token}`)
    }
    if (key === undefined) return
    // A signed answer is the caller's evidence of what was agreed, whether or not it is checked here.
    if (request.method !== 'GET') request.headers.set('accept-signature', ACCEPT_SIGNATURE)
    const base = await signRequest(request, key.keyId, key.signer)
    if (debugSignatures === true) request.headers.set('bursar-debug-base', toBase64(utf8(base)))
  }
}

function readPlatformKeys(
  { platformKeys }: BursarOptions,
  platform: PublishedKeysOptions,
): PlatformKeys | undefined {
  if (platformKeys === false) return undefined
  return platformKeys === undefined ? new PublishedKeys(platform) : pinnedKeys(platformKeys)
}

function readKey(options: BursarOptions): SigningKey | undefined {
  const { algorithm, privateKey, signer } = options
  const keyId = options.keyId ?? signer?.keyId
  if (!keyId && !privateKey && !signer) return undefined
  if (signer && (privateKey || keyId !== signer.keyId)) {
    throw new BursarConfigurationError(
      'signer takes the place of keyId and privateKey; pass one of them',
    )
  }
  if (!keyId || (!privateKey && !signer)) {
    throw new BursarConfigurationError(
      `${keyId ? 'privateKey' : 'keyId'} is missing: the two belong together`,
    )
  }
  // It becomes a quoted string of the Signature-Input header (RFC 8941 Section 3.3.3).
  if (!/^[\w.:-]+$/.test(keyId)) {
    throw new BursarConfigurationError(`keyId is ${JSON.stringify(keyId)}; it looks like key_…`)
  }
  if (signer) return { keyId, signer: externalSigner(signer) }
  return { keyId, signer: createSigner(privateKey ?? '', algorithm) }
}
