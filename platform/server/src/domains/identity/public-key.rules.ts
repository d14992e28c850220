import { createPublicKey, X509Certificate } from 'node:crypto'
import {
  algorithmOfPublicKey,
  type SignatureAlgorithm,
} from '../../infra/crypto/http-signature.verify.js'
import { IdentityError } from './identity.errors.js'

/** RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037 section 2: the members that must stay at home. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const
const CERTIFICATE = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----$/
const PEM = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/

/**
 * A public key as its owner sends it, PEM, JWK or certificate, in the one spelling we store: so that the same key is
 * recognised however it was written. @throws IdentityError api_key_private, api_key_unusable
 */
export function readPublicKey(given: string | Readonly<Record<string, unknown>>): string {
  const pem = typeof given === 'string' ? readPem(given) : readJwk(given)
  if (!isUsable(pem)) throw unusable()
  return pem
}

/** The algorithm of the key that is replaced, where the new key can do it too: an RSA key goes on as it was. */
export function sameAlgorithm(publicKey: string, old: string): SignatureAlgorithm | undefined {
  return algorithmOfPublicKey(publicKey, old) ?? undefined
}

function readPem(text: string): string {
  if (/PRIVATE KEY/.test(text)) throw privateKey()
  if (CERTIFICATE.test(text.trim())) return readCertificate(text)
  const base64 = PEM.exec(text.trim())?.[1]
  if (base64 === undefined) throw unusable()
  const lines =
    Buffer.from(base64, 'base64')
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n')
}

/** For its key alone: who issued it and until when says nothing here, the key has a period of its own. */
function readCertificate(text: string): string {
  try {
    const { publicKey } = new X509Certificate(text.trim())
    return publicKey.export({ type: 'spki', format: 'pem' }).toString()
  } catch {
    throw unusable()
  }
}

function readJwk(jwk: Readonly<Record<string, unknown>>): string {
  if (PRIVATE_MEMBERS.some((member) => member in jwk)) throw privateKey()
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString()
  } catch {
    throw unusable()
  }
}

function isUsable(pem: string): boolean {
  try {
    return algorithmOfPublicKey(pem) !== null
  } catch {
    return false
  }
}

function unusable(): IdentityError {
  return refusal(
    'api_key_unusable',
    'must be a public key, PEM (-----BEGIN PUBLIC KEY-----), JWK or certificate, of a kind that may sign: Ed25519, P-256, SM2, or RSA of 2048 bits or more',
  )
}

function privateKey(): IdentityError {
  return refusal(
    'api_key_private',
    'is a private key, which must never leave your machine. It was not stored, but it has travelled: throw it away, make a new pair, and send its public half',
  )
}

function refusal(code: 'api_key_unusable' | 'api_key_private', detail: string): IdentityError {
  const errors = [{ pointer: '/public_key', code, detail }]
  return new IdentityError(code, `public_key ${detail}.`, { errors })
}
