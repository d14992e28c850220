import {
  der,
  INTEGER,
  KeyFormatError,
  OCTET_STRING,
  P256_ALGORITHM,
  pkcs8Of,
  privateKeyIn,
  publicKeyIn,
  RSA_ALGORITHM,
  readSequence,
  SEQUENCE,
  spkiInCertificate,
  spkiOf,
} from './der.rules.js'
import { type PemBlock, readPem, toPem } from './pem.rules.js'

export type KeyType = 'ed25519' | 'p256' | 'rsa'
export const KEY_TYPES: readonly KeyType[] = ['ed25519', 'p256', 'rsa']
export const RSA_BITS = 3072
const RSA_BITS_MIN = 2048

/** A key that the page holds for as long as it is shown; it is written nowhere. */
export interface KeyMaterial {
  readonly type: KeyType
  readonly isPrivate: boolean
  /** The one form that all others are made of. */
  readonly jwk: JsonWebKey
}

/** How WebCrypto calls a type of key, and how it signs with one. */
const WEB = {
  ed25519: { key: { name: 'Ed25519' }, sign: { name: 'Ed25519' } },
  p256: {
    key: { name: 'ECDSA', namedCurve: 'P-256' },
    sign: { name: 'ECDSA', hash: 'SHA-256' },
  },
  rsa: {
    key: { name: 'RSA-PSS', hash: 'SHA-512' },
    // RFC 9421 section 3.3.1: the salt has 64 bytes.
    sign: { name: 'RSA-PSS', saltLength: 64 },
  },
} as const

/** Members of a JWK by which two keys are the same (RFC 7638 section 3.2), in the order it wants. */
const THUMBPRINT = {
  OKP: ['crv', 'kty', 'x'],
  EC: ['crv', 'kty', 'x', 'y'],
  RSA: ['e', 'kty', 'n'],
}
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const

export async function generateKey(type: KeyType): Promise<KeyMaterial> {
  const rsa = { modulusLength: RSA_BITS, publicExponent: Uint8Array.of(1, 0, 1) }
  const algorithm = type === 'rsa' ? { ...WEB.rsa.key, ...rsa } : WEB[type].key
  const made = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  if (!('privateKey' in made)) throw new KeyFormatError('unsupported')
  return materialOf(await crypto.subtle.exportKey('jwk', made.privateKey))
}

/** Not every browser has every algorithm; Ed25519 came last. */
export async function supportedTypes(): Promise<KeyType[]> {
  try {
    await crypto.subtle.generateKey(WEB.ed25519.key, false, ['sign', 'verify'])
    return [...KEY_TYPES]
  } catch {
    return KEY_TYPES.filter((type) => type !== 'ed25519')
  }
}

/** Reads whatever people keep keys in. @throws KeyFormatError */
export async function readKey(text: string): Promise<KeyMaterial> {
  const trimmed = text.trim()
  if (trimmed === '') throw new KeyFormatError('empty')
  if (trimmed.startsWith('{')) return readJwk(trimmed)
  const block = readPem(trimmed)
  if (block === null) throw new KeyFormatError('unreadable')
  const { format, bytes } = modernForm(block)
  for (const type of KEY_TYPES) {
    const key = await tryImport(format, bytes, type)
    if (key !== null) return materialOf(await crypto.subtle.exportKey('jwk', key))
  }
  throw new KeyFormatError('unsupported')
}

/** The half that may be shown to others. */
export function publicHalf({ type, jwk }: KeyMaterial): KeyMaterial {
  const rest: JsonWebKey = { ...jwk }
  for (const member of PRIVATE_MEMBERS) delete rest[member]
  delete rest.key_ops
  return { type, isPrivate: false, jwk: rest }
}

export interface KeyText {
  /** `pkcs8`, `pkcs1`, `spki`, `pkcs1_public`, `jwk` */
  readonly format: 'pkcs8' | 'pkcs1' | 'spki' | 'pkcs1_public' | 'jwk'
  readonly text: string
  readonly extension: 'pem' | 'json'
}

/** Every form in which this key can be written, the usual one first. */
export async function writeKey(material: KeyMaterial): Promise<KeyText[]> {
  const { type, isPrivate, jwk } = material
  const key = await importJwk(material)
  const format = isPrivate ? 'pkcs8' : 'spki'
  const bytes = new Uint8Array(await crypto.subtle.exportKey(format, key))
  const label = isPrivate ? 'PRIVATE KEY' : 'PUBLIC KEY'
  const texts: KeyText[] = [{ format, text: toPem(label, bytes), extension: 'pem' }]
  if (type === 'rsa') {
    const inner = isPrivate ? privateKeyIn(bytes) : publicKeyIn(bytes)
    const text = toPem(`RSA ${label}`, inner)
    texts.push({ format: isPrivate ? 'pkcs1' : 'pkcs1_public', text, extension: 'pem' })
  }
  const { ext: _ext, key_ops: _ops, alg: _alg, ...members } = jwk
  const text = `${JSON.stringify(members, null, 2)}\n`
  texts.push({ format: 'jwk', text, extension: 'json' })
  return texts
}

/** RFC 7638: the same for a key and its other half, whatever file they came from. */
export async function thumbprint({ jwk }: KeyMaterial): Promise<string> {
  const names =
    jwk.kty === 'OKP' || jwk.kty === 'EC' || jwk.kty === 'RSA' ? THUMBPRINT[jwk.kty] : []
  const members = names.map((name) => [name, jwk[name as keyof JsonWebKey]])
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(members)))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return btoa(String.fromCharCode(...hash))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

/** Whether what the one signs, the other verifies: tried, and not only compared. */
export async function isPair(own: KeyMaterial, registered: KeyMaterial): Promise<boolean> {
  if (!own.isPrivate) throw new KeyFormatError('not_private')
  if (own.type !== registered.type) return false
  const message = crypto.getRandomValues(new Uint8Array(32))
  const { sign } = WEB[own.type]
  const signature = await crypto.subtle.sign(sign, await importJwk(own), message)
  const verifier = await importJwk(publicHalf(registered))
  return crypto.subtle.verify(sign, verifier, signature, message)
}

function modernForm({ label, bytes }: PemBlock): {
  format: 'pkcs8' | 'spki'
  bytes: Uint8Array<ArrayBuffer>
} {
  switch (label) {
    case 'PRIVATE KEY':
      return { format: 'pkcs8', bytes }
    case 'RSA PRIVATE KEY':
      return { format: 'pkcs8', bytes: copied(pkcs8Of(RSA_ALGORITHM, bytes)) }
    case 'EC PRIVATE KEY':
      return { format: 'pkcs8', bytes: copied(pkcs8Of(P256_ALGORITHM, withoutCurve(bytes))) }
    case 'PUBLIC KEY':
      return { format: 'spki', bytes }
    case 'RSA PUBLIC KEY':
      return { format: 'spki', bytes: copied(spkiOf(RSA_ALGORITHM, bytes)) }
    case 'CERTIFICATE':
      return { format: 'spki', bytes: copied(spkiInCertificate(bytes)) }
    default:
      throw new KeyFormatError('unsupported')
  }
}

/** SEC 1 names the curve within the key; in PKCS#8 it stands beside it, and some readers refuse both. */
function withoutCurve(sec1: Uint8Array): Uint8Array {
  const [version, key, ...rest] = readSequence(sec1)
  if (version?.tag !== INTEGER || key?.tag !== OCTET_STRING) throw new KeyFormatError('unreadable')
  const kept = rest.filter(({ tag }) => tag !== 0xa0).map(({ whole }) => whole)
  return der(SEQUENCE, version.whole, key.whole, ...kept)
}

async function tryImport(
  format: 'pkcs8' | 'spki',
  bytes: Uint8Array<ArrayBuffer>,
  type: KeyType,
): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey(
      format,
      bytes,
      WEB[type].key,
      true,
      usage(format === 'pkcs8'),
    )
  } catch {
    return null
  }
}

async function readJwk(text: string): Promise<KeyMaterial> {
  let jwk: JsonWebKey
  try {
    jwk = JSON.parse(text)
  } catch {
    throw new KeyFormatError('unreadable')
  }
  const material = materialOf(jwk)
  try {
    // Reads it as a browser does, so that what is missing or doesn't fit is found here.
    return materialOf(await crypto.subtle.exportKey('jwk', await importJwk(material)))
  } catch {
    throw new KeyFormatError('unreadable')
  }
}

function importJwk({ type, jwk, isPrivate }: KeyMaterial): Promise<CryptoKey> {
  const { alg: _alg, use: _use, key_ops: _ops, ext: _ext, ...members } = jwk
  return crypto.subtle.importKey('jwk', members, WEB[type].key, true, usage(isPrivate))
}

function materialOf(jwk: JsonWebKey): KeyMaterial {
  const type = typeOf(jwk)
  const bits = type === 'rsa' ? (((jwk.n ?? '').length * 6) >> 3) << 3 : null
  if (bits !== null && bits < RSA_BITS_MIN) throw new KeyFormatError('too_short')
  return { type, isPrivate: jwk.d !== undefined, jwk }
}

function typeOf({ kty, crv }: JsonWebKey): KeyType {
  if (kty === 'OKP' && crv === 'Ed25519') return 'ed25519'
  if (kty === 'EC' && crv === 'P-256') return 'p256'
  if (kty === 'RSA') return 'rsa'
  throw new KeyFormatError('unsupported')
}

function usage(isPrivate: boolean): KeyUsage[] {
  return isPrivate ? ['sign'] : ['verify']
}

/** Of its own memory, as WebCrypto wants it. */
function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
