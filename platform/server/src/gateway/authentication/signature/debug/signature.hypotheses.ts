import { constants, type KeyObject, verify } from 'node:crypto'
import {
  type SignatureAlgorithm,
  verifyWithKey,
} from '../../../../infra/crypto/http-signature.verify.js'
import { verifySm2, verifySm2Digest } from '../../../../infra/crypto/sm2.js'
import type { SignatureCause } from './hypothesis.js'

/** The same signature, read as if it had been written down in another way. */
export interface SignatureForm {
  readonly cause: SignatureCause
  readonly detail: string
  readonly signature: Buffer
}

const isPair = (algorithm: SignatureAlgorithm) =>
  algorithm === 'ecdsa-p256-sha256' || algorithm === 'sm2-sm3'
const isRsa = (algorithm: SignatureAlgorithm) =>
  algorithm === 'rsa-pss-sha512' || algorithm === 'rsa-v1_5-sha256'

export function signatureForms(algorithm: SignatureAlgorithm, sent: Buffer): SignatureForm[] {
  const raw = isPair(algorithm) ? rawOf(sent) : null
  const forms: SignatureForm[] = []
  if (raw) {
    forms.push({
      cause: 'signature_der',
      detail: 'The signature is DER. RFC 9421 wants r and s as 64 raw bytes (IEEE P1363).',
      signature: raw,
    })
  }
  const text = sent.toString('latin1')
  const detail =
    'The signature was encoded twice: the header holds the base64 of a text. Put the base64 of the raw bytes between the colons.'
  const bytes = /^(?:[0-9a-f]{2})+$/i.test(text)
    ? Buffer.from(text, 'hex')
    : /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)
      ? Buffer.from(text, 'base64')
      : null
  if (bytes && bytes.length >= 64) {
    forms.push({ cause: 'signature_encoding', detail, signature: bytes })
    const inner = isPair(algorithm) ? rawOf(bytes) : null
    if (inner) forms.push({ cause: 'signature_encoding', detail, signature: inner })
  }
  if (isPair(algorithm) && sent.length === 64) {
    forms.push({
      cause: 'signature_halves',
      detail: 'The halves of the signature are swapped: r comes first, then s.',
      signature: Buffer.concat([sent.subarray(32), sent.subarray(0, 32)]),
    })
    forms.push({
      cause: 'signature_halves',
      detail: 'r and s are written with the least significant byte first; write them big-endian.',
      signature: Buffer.concat([reversed(sent.subarray(0, 32)), reversed(sent.subarray(32))]),
    })
  }
  return forms
}

/** A way of signing that this key allows, but that it is not registered for. */
export interface SchemeMistake {
  readonly cause: SignatureCause
  readonly detail: string
  accepts(base: Buffer, signature: Buffer): boolean | Promise<boolean>
}

export function schemeMistakes(algorithm: SignatureAlgorithm, key: KeyObject): SchemeMistake[] {
  if (isRsa(algorithm)) return rsaMistakes(algorithm, key)
  if (algorithm === 'ecdsa-p256-sha256') {
    return ['sha1', 'sha384', 'sha512'].map((hash) =>
      scheme(algorithm, `ECDSA with ${hash}`, (base, signature) =>
        verify(hash, base, { key, dsaEncoding: 'ieee-p1363' }, signature),
      ),
    )
  }
  if (algorithm !== 'sm2-sm3') return []
  const rule = 'SM2 here is with SM3 and the user ID 1234567812345678.'
  return [
    {
      cause: 'sm2_user_id',
      detail: `You signed with an empty user ID. ${rule}`,
      accepts: (base, signature) => verifySm2(key, base, signature, ''),
    },
    {
      cause: 'sm2_user_id',
      detail: `You signed SM3(message) without the digest Z of user ID and key. ${rule}`,
      accepts: (base, signature) => verifySm2Digest(key, base, signature),
    },
  ]
}

function rsaMistakes(algorithm: SignatureAlgorithm, key: KeyObject): SchemeMistake[] {
  const other = algorithm === 'rsa-pss-sha512' ? 'rsa-v1_5-sha256' : 'rsa-pss-sha512'
  const padding = constants.RSA_PKCS1_PSS_PADDING
  const saltLength = constants.RSA_PSS_SALTLEN_AUTO
  return [
    scheme(algorithm, other, (base, signature) => verifyWithKey(other, key, base, signature)),
    ...['sha256', 'sha384'].map((hash) =>
      scheme(algorithm, `RSA-PSS with ${hash}`, (base, signature) =>
        verify(hash, base, { key, padding, saltLength }, signature),
      ),
    ),
    ...['sha1', 'sha512'].map((hash) =>
      scheme(algorithm, `PKCS #1 v1.5 with ${hash}`, (base, signature) =>
        verify(hash, base, { key, padding: constants.RSA_PKCS1_PADDING }, signature),
      ),
    ),
  ]
}

function scheme(
  algorithm: SignatureAlgorithm,
  used: string,
  accepts: SchemeMistake['accepts'],
): SchemeMistake {
  const detail = `You signed with ${used}, but the key is registered for ${algorithm}.`
  return { cause: 'signature_scheme', detail, accepts }
}

/** r‖s of a DER `SEQUENCE { r INTEGER, s INTEGER }`; null when it is none. */
function rawOf(der: Buffer): Buffer | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null
  const r = integerAt(der, 2)
  const s = r && integerAt(der, r.end)
  return r && s && s.end === der.length ? Buffer.concat([r.value, s.value]) : null
}

function integerAt(der: Buffer, at: number): { value: Buffer; end: number } | null {
  const length = der[at + 1] ?? 0
  const end = at + 2 + length
  if (der[at] !== 0x02 || end > der.length) return null
  const digits = der.subarray(at + 2, end)
  const value = digits[0] === 0 ? digits.subarray(1) : digits
  return value.length > 32
    ? null
    : { value: Buffer.concat([Buffer.alloc(32 - value.length), value]), end }
}

function reversed(bytes: Buffer): Buffer {
  return Buffer.from(bytes).reverse()
}
