import { sleep } from './core/deadline.js'
import { BursarConfigurationError } from './core/errors.js'
import type { BursarOptions, RequestOptions } from './core/options.js'
import { ACCEPT_SIGNATURE, isSignedByPlatform } from './core/response-signature.js'
import { createSigner, type RequestSigner } from './core/signer.js'
import { signRequest } from './core/signing.js'
import { type ApiRequest, Transport, type TransportConfig } from './core/transport.js'
import { importPublicKey, type WebKey } from './core/verification-keys.js'
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
    const platformKeys = readPlatformKeys(options)
    const transport = new Transport({
      baseUrl: readBaseUrl(options.baseUrl),
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxRetries: options.maxRetries ?? DEFAULT_RETRIES_MAX,
      apiVersion: options.apiVersion,
      headers: options.headers,
      credentials: options.auth === 'session' ? 'include' : undefined,
      // Called as a method of another object, a browser's fetch throws "Illegal invocation".
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
      authenticate: createAuthenticator(options, platformKeys),
      verifyAnswer:
        platformKeys &&
        (async (request, answer) => isSignedByPlatform(request, answer, await platformKeys())),
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

function createAuthenticator(
  options: BursarOptions,
  platformKeys: PlatformKeys | undefined,
): TransportConfig['authenticate'] {
  if (options.auth === 'session') return async () => {}
  const { accessToken, keyId } = options
  const signer = readSigner(options)
  if (signer === undefined && accessToken === undefined) {
    throw new BursarConfigurationError(
      'credentials are missing: pass keyId and privateKey, or accessToken; ' +
        'create a key in the console under your app',
    )
  }
  return async (request) => {
    // A wrong key must be noticed before anything is sent, not when the answer is there.
    await platformKeys?.()
    if (accessToken !== undefined) {
      const token = typeof accessToken === 'function' ? await accessToken() : accessToken
      request.headers.set('authorization', `Bearer ${token}`)
    }
    if (signer !== undefined && keyId !== undefined) {
      // A signed answer is the caller's evidence of what was agreed, whether or not it is checked here.
      if (request.method !== 'GET') request.headers.set('accept-signature', ACCEPT_SIGNATURE)
      await signRequest(request, keyId, signer)
    }
  }
}

type PlatformKeys = () => Promise<WebKey[]>

/** Imported once, at the first call, because WebCrypto does it asynchronously. */
function readPlatformKeys(options: BursarOptions): PlatformKeys | undefined {
  const { platformKeys } = options
  if (platformKeys === undefined) return undefined
  let imported: Promise<WebKey[]> | undefined
  return () => {
    imported ??= Promise.all(platformKeys.map(importPublicKey)).catch((cause: unknown) => {
      const expected = 'Ed25519 keys as JWK, PEM or base64, as in /.well-known/jwks.json'
      throw new BursarConfigurationError(`platformKeys must be ${expected}`, { cause })
    })
    return imported
  }
}

function readSigner(options: BursarOptions): RequestSigner | undefined {
  const { algorithm, keyId, privateKey } = options
  if (!keyId && !privateKey) return undefined
  if (!keyId || !privateKey) {
    throw new BursarConfigurationError(
      `${keyId ? 'privateKey' : 'keyId'} is missing: the two belong together`,
    )
  }
  // It becomes a quoted string of the Signature-Input header (RFC 8941 Section 3.3.3).
  if (!/^[\w.:-]+$/.test(keyId)) {
    throw new BursarConfigurationError(`keyId is ${JSON.stringify(keyId)}; it looks like key_…`)
  }
  return typeof privateKey === 'string' ? createSigner(privateKey, algorithm) : privateKey
}
