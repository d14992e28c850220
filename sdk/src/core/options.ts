import type { BuiltInAlgorithm, RequestSigner } from './signer.js'
import type { Ed25519Key } from './verification-keys.js'

/** Options of one call, always the last argument. */
export interface RequestOptions {
  /**
   * Names this operation for the server: the same key gives the same answer, however often it is
   * sent. Every POST gets a random one, kept over the SDK's own retries; set it yourself to be safe
   * over restarts of your process, too.
   */
  idempotencyKey?: string | undefined
  /** Cancels the call and its retries. */
  signal?: AbortSignal | undefined
  /** For each try, not for all of them together. */
  timeoutMs?: number | undefined
  /** Tries after the first. 0 turns retries off. */
  maxRetries?: number | undefined
  /** Further headers. `Content-Type` here overrides the SDK's. */
  headers?: Record<string, string> | undefined
}

/** A value, or a function that gives it anew for each try (tokens expire). */
export type Provided<T> = T | (() => T | Promise<T>)

/** Options of the client. */
export interface BursarOptions {
  /** Id of the registered key, `key_…`. */
  keyId?: string | undefined
  /** The private key as PEM text. */
  privateKey?: string | undefined
  /**
   * Only an RSA key leaves a choice: the algorithm that it was registered for. The default is
   * `rsa-pss-sha512`.
   */
  algorithm?: BuiltInAlgorithm | undefined
  /** Instead of `keyId` and `privateKey`: a key that lives elsewhere, or an algorithm of a library. */
  signer?: RequestSigner | undefined
  /** An OAuth2 access token. It is enough for reads; a write needs the key as well. */
  accessToken?: Provided<string> | undefined
  /**
   * `session` leaves authentication to the browser's cookie, for pages that the platform itself serves.
   * The default, `signature`, needs `keyId` and `privateKey`, or `signer`, or `accessToken`.
   */
  auth?: 'signature' | 'session' | undefined
  /**
   * The platform signs its answers to signed writes, also refusals, and one without its signature is
   * not believed. Its keys come from `/.well-known/jwks.json`, unless you pin them here (as JWK, PEM
   * or base64). `false` believes every answer, for a test with a `fetch` of its own.
   */
  platformKeys?: readonly Ed25519Key[] | false | undefined
  /**
   * Sends the string that was signed along with every request. In test mode, when the platform refuses a
   * signature, the error's message then says where its string and yours begin to differ.
   */
  debugSignatures?: boolean | undefined
  /** Origin of the platform. Default: `BURSAR_API_BASE` of the environment, then `http://localhost:3000`. */
  baseUrl?: string | undefined
  /** Dated version of the API, such as `2026-12-01`. Default: the one this SDK was built for. */
  apiVersion?: string | undefined
  /** For each try. Default 30,000. */
  timeoutMs?: number | undefined
  /** Tries after the first. Default 2. */
  maxRetries?: number | undefined
  /** Headers of every call. */
  headers?: Provided<Record<string, string>> | undefined
  /** Replaces the global `fetch`: for a proxy, for tests. */
  fetch?: typeof globalThis.fetch | undefined
}
