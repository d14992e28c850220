import { constants, createHash, type KeyObject, verify } from 'node:crypto'
import type { SignatureAlgorithm } from '../core/signer.js'
import { SandboxProblem } from './sandbox.problem.js'

/** A key that the sandbox knows, as the platform would after its registration. */
export interface KnownKey {
  readonly key_id: string
  readonly public_key: KeyObject
  readonly algorithm: SignatureAlgorithm
  readonly scopes: readonly string[] | null
}

export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: Uint8Array
  readonly signal: AbortSignal
}

const AGE_SECONDS_MAX = 300
const AHEAD_SECONDS_MAX = 60
const COVERED_WHEN_PRESENT = ['content-digest', 'idempotency-key', 'authorization', 'dpop']

/** Checks request signatures by the platform's rules (RFC 9421), and lets none pass twice. */
export class RequestVerifier {
  readonly #keys = new Map<string, KnownKey>()
  readonly #nonces = new Set<string>()

  add(key: KnownKey): void {
    this.#keys.set(key.key_id, key)
  }

  /** Signatures are of real time, whatever the sandbox's clock shows. Returns the key that signed. */
  verify(request: SignedRequest, nowSeconds: number = Date.now() / 1000): KnownKey {
    const { components, params, signature } = readSignature(request)
    requireComponents(request, components)
    requireFresh(numberOf(params, 'created'), nowSeconds)
    const key = this.#keys.get(textOf(params, 'keyid') ?? '')
    if (key === undefined) {
      throw new SandboxProblem(
        'key_unknown',
        'No key of this id is registered. Use the keyId of the sandbox, or add yours with addKey().',
      )
    }
    requireDigest(request)
    const base = baseOf(request, components, params)
    if (!isSignedBy(key, base, signature)) {
      throw new SandboxProblem(
        'signature_invalid',
        `The signature does not verify with this key. The string that should be signed is:\n${base}`,
      )
    }
    const nonce = `${key.key_id}/${textOf(params, 'nonce')}`
    if (this.#nonces.has(nonce)) {
      throw new SandboxProblem(
        'nonce_replayed',
        'This nonce was used before. Sign every request anew, also a retry, with a fresh nonce.',
      )
    }
    this.#nonces.add(nonce)
    return key
  }
}

interface ReadSignature {
  readonly components: readonly string[]
  /** The value of Signature-Input after the label, byte for byte. */
  readonly params: string
  readonly signature: Uint8Array
}

function readSignature({ headers }: SignedRequest): ReadSignature {
  const input = headers.get('signature-input')
  const field = headers.get('signature')
  if (input === null && field === null) {
    throw new SandboxProblem('signature_missing', 'Sign the request (RFC 9421).')
  }
  const params = /^bursar=(\((?:"[^"]+"(?: (?="))?)*\);.+)$/.exec(input ?? '')?.[1]
  const encoded = /^bursar=:([A-Za-z0-9+/]+={0,2}):$/.exec(field ?? '')?.[1]
  if (params === undefined || encoded === undefined || textOf(params, 'tag') !== 'bursar-request') {
    throw new SandboxProblem(
      'signature_malformed',
      'Signature-Input and Signature must both be labelled bursar, with tag="bursar-request".',
    )
  }
  const nonce = textOf(params, 'nonce')
  if (nonce === undefined) {
    throw new SandboxProblem('nonce_missing', 'Add the parameter nonce, new for every request.')
  }
  if (!/^[\x21-\x7e]{16,64}$/.test(nonce)) {
    throw new SandboxProblem('nonce_invalid', 'The nonce must be 16 to 64 printable characters.')
  }
  const list = params.slice(0, params.indexOf(')'))
  const components = [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '')
  return { components, params, signature: Buffer.from(encoded, 'base64') }
}

function requireComponents({ body, headers }: SignedRequest, components: readonly string[]): void {
  if (body.length > 0 && !headers.has('content-digest')) {
    throw new SandboxProblem(
      'content_digest_missing',
      'A request with a body needs a Content-Digest header with its sha-256.',
    )
  }
  const needed = [
    ...['@method', '@target-uri'],
    ...(body.length > 0 ? ['content-type'] : []),
    ...COVERED_WHEN_PRESENT.filter((name) => headers.has(name)),
  ]
  const missing = needed.find((name) => !components.includes(name))
  if (missing === undefined) return
  throw new SandboxProblem('signature_component_missing', `The signature must cover "${missing}".`)
}

function requireFresh(createdSeconds: number, nowSeconds: number): void {
  const ageSeconds = nowSeconds - createdSeconds
  if (Number.isNaN(ageSeconds)) {
    throw new SandboxProblem('signature_malformed', 'Add the parameter created.')
  }
  if (ageSeconds > AGE_SECONDS_MAX) {
    const age = `The signature is ${Math.floor(ageSeconds)} s old`
    throw new SandboxProblem(
      'signature_expired',
      `${age}; at most ${AGE_SECONDS_MAX} s are allowed.`,
    )
  }
  if (ageSeconds < -AHEAD_SECONDS_MAX) {
    throw new SandboxProblem('signature_in_future', 'The parameter created is ahead of the clock.')
  }
}

function requireDigest({ body, headers }: SignedRequest): void {
  const field = headers.get('content-digest')
  if (field === null) return
  const [, algorithm = '', encoded = ''] = /^sha-(256|512)=:([^:]+):$/.exec(field) ?? []
  if (algorithm === '') {
    throw new SandboxProblem('content_digest_malformed', 'Content-Digest is not readable.')
  }
  if (createHash(`sha${algorithm}`).update(body).digest('base64') === encoded) return
  throw new SandboxProblem(
    'content_digest_mismatch',
    'Content-Digest is not the digest of the body that arrived. Compute it over the exact bytes you send.',
  )
}

function baseOf(request: SignedRequest, components: readonly string[], params: string): string {
  const lines = components.map((name) => `"${name}": ${componentOf(request, name)}`)
  return [...lines, `"@signature-params": ${params}`].join('\n')
}

function componentOf({ headers, method, url }: SignedRequest, name: string): string {
  if (name === '@method') return method
  if (name === '@target-uri') return url
  const value = headers.get(name)
  if (value !== null) return value
  throw new SandboxProblem(
    'signature_component_missing',
    `The signature covers "${name}", which the request does not carry.`,
  )
}

function isSignedBy(
  { algorithm, public_key: key }: KnownKey,
  base: string,
  signature: Uint8Array,
): boolean {
  const data = Buffer.from(base)
  const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_AUTO } = constants
  switch (algorithm) {
    case 'ed25519':
      return verify(null, data, key, signature)
    case 'ecdsa-p256-sha256':
      return verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
    case 'rsa-v1_5-sha256':
      return verify('sha256', data, { key, padding: RSA_PKCS1_PADDING }, signature)
    case 'rsa-pss-sha512': {
      const padding = { padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_AUTO }
      return verify('sha512', data, { key, ...padding }, signature)
    }
    case 'sm2-sm3':
      return false
  }
}

function textOf(params: string, name: string): string | undefined {
  return new RegExp(`;${name}="([^"]*)"`).exec(params)?.[1]
}

function numberOf(params: string, name: string): number {
  return Number(new RegExp(`;${name}=(\\d+)`).exec(params)?.[1] ?? Number.NaN)
}
