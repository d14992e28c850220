import { type Bytes, fromBase64, fromPem } from '../internal/bytes.js'
import { BursarWebhookError } from './errors.js'

/** An Ed25519 key as JWK. Further members (`kid`, `use`, `alg`) are ignored. */
export interface Ed25519Jwk {
  kty: string
  crv?: string | undefined
  x?: string | undefined
  d?: string | undefined
}

/** A key as a base64 string with its Standard Webhooks prefix, as PEM, or as JWK. */
export type Ed25519Key = string | Ed25519Jwk

/** A key as WebCrypto holds it. */
export type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** The `v1` key: base64 after `whsec_`. */
export function importSecret(secret: string): Promise<WebKey> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ''))
  if (bytes === undefined || bytes.length === 0) {
    throw invalidKey('secret', 'whsec_ and base64, as the console shows it')
  }
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
}

/** The `v1a` key that verifies: `whpk_` and base64 of 32 bytes, SPKI PEM, or a public JWK. */
export async function importPublicKey(key: Ed25519Key): Promise<WebKey> {
  try {
    if (typeof key !== 'string') {
      const jwk = { kty: key.kty, crv: key.crv ?? '', x: key.x ?? '' }
      return await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify'])
    }
    const pem = fromPem(key)
    if (pem !== undefined) {
      return await crypto.subtle.importKey('spki', pem.der, 'Ed25519', false, ['verify'])
    }
    const raw = requireBytes(fromBase64(key.trim().replace(/^whpk_/, '')))
    return await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify'])
  } catch (cause) {
    throw invalidKey('publicKey', 'whpk_… (base64 of 32 bytes), an Ed25519 PEM or a JWK', cause)
  }
}

/** The `v1a` key that signs, for tests: PKCS#8 PEM or a private JWK. */
export async function importPrivateKey(key: Ed25519Key): Promise<WebKey> {
  try {
    if (typeof key !== 'string') {
      const jwk = { kty: key.kty, crv: key.crv ?? '', x: key.x ?? '', d: key.d ?? '' }
      return await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['sign'])
    }
    const der = requireBytes(fromPem(key)?.der)
    return await crypto.subtle.importKey('pkcs8', der, 'Ed25519', false, ['sign'])
  } catch (cause) {
    throw invalidKey('privateKey', 'an Ed25519 PEM (PKCS#8) or a private JWK', cause)
  }
}

function requireBytes(bytes: Bytes | undefined): Bytes {
  if (bytes === undefined) throw new TypeError('the key is not valid base64')
  return bytes
}

function invalidKey(option: string, expected: string, cause?: unknown): BursarWebhookError {
  return new BursarWebhookError(`the ${option} is not readable; pass ${expected}`, {
    code: 'webhook_key_invalid',
    cause,
  })
}
