import { toBase64, utf8 } from '../internal/bytes.js'
import { loadNodeCrypto } from '../internal/node-crypto.js'
import type { BaseSigner } from './signer.js'

/** The request as it will leave, everything a signature covers. */
export interface SignableRequest {
  method: string
  /** Absolute, exactly as it is sent: scheme, origin, path and query. */
  targetUri: string
  headers: Headers
}

/** The part of the signature that differs on every try. */
export interface SignatureMoment {
  /** Unix seconds. */
  created: number
  /** Single use; the platform refuses it a second time. */
  nonce: string
}

const LABEL = 'bursar'
const TAG = 'bursar-request'

/** Covered whenever the header is present, in this order, after the method and the target. */
const COVERED_HEADERS = [
  'content-digest',
  'content-type',
  'idempotency-key',
  'authorization',
  'dpop',
] as const

/** `Content-Digest` of RFC 9530 over the raw bytes of the body. */
export async function contentDigest(body: Uint8Array): Promise<string> {
  const nodeCrypto = loadNodeCrypto()
  if (nodeCrypto !== undefined) {
    return `sha-256=:${nodeCrypto.createHash('sha256').update(body).digest('base64')}:`
  }
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(body))
  return `sha-256=:${toBase64(new Uint8Array(digest))}:`
}

/**
 * The signature base of RFC 9421 Section 2.5 and the parameters of its last line, which are also the
 * value of `Signature-Input`. When a signature is refused, compare `base` with the string that
 * the platform says it built.
 */
export function signatureBase(
  request: SignableRequest,
  keyId: string,
  moment: SignatureMoment,
): { base: string; params: string } {
  const components: [name: string, value: string][] = [
    ['@method', request.method],
    ['@target-uri', request.targetUri],
  ]
  for (const name of COVERED_HEADERS) {
    const value = request.headers.get(name)
    if (value !== null) components.push([name, value.trim()])
  }
  const names = components.map(([name]) => `"${name}"`).join(' ')
  // No `alg`: the key that the platform holds decides (RFC 9421 Section 3.2, step 6).
  const params = `(${names});created=${moment.created};nonce="${moment.nonce}";keyid="${keyId}";tag="${TAG}"`
  const lines = components.map(([name, value]) => `"${name}": ${value}`)
  return { base: [...lines, `"@signature-params": ${params}`].join('\n'), params }
}

/**
 * Signs the request: adds `Signature-Input` and `Signature` to its headers, and returns the string
 * that was signed.
 */
export async function signRequest(
  request: SignableRequest,
  keyId: string,
  signer: BaseSigner,
  moment: SignatureMoment = newMoment(),
): Promise<string> {
  const { base, params } = signatureBase(request, keyId, moment)
  const signature = await signer.sign(utf8(base))
  request.headers.set('signature-input', `${LABEL}=${params}`)
  request.headers.set('signature', `${LABEL}=:${toBase64(signature)}:`)
  return base
}

/** A retry is signed anew: the same nonce twice is a replay, and `created` goes stale. */
function newMoment(): SignatureMoment {
  const nonce = toBase64(crypto.getRandomValues(new Uint8Array(18)))
  return { created: Math.floor(Date.now() / 1000), nonce }
}
