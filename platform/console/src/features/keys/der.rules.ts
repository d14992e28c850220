/** As much of DER (X.690) as keys need. */
export interface DerNode {
  readonly tag: number
  readonly content: Uint8Array
  /** With its header, as it goes into another structure. */
  readonly whole: Uint8Array
}

export const SEQUENCE = 0x30
export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
const NULL = Uint8Array.of(0x05, 0)

/** What is wrong with a key, by a name that the pages have words for. */
export class KeyFormatError extends Error {
  constructor(readonly reason: KeyProblem) {
    super(reason)
  }
}

export type KeyProblem =
  | 'empty'
  | 'unreadable'
  | 'encrypted'
  | 'unsupported'
  | 'too_short'
  | 'private'
  | 'not_private'

/** The values that follow one another in these bytes. */
export function readDer(bytes: Uint8Array): DerNode[] {
  const nodes: DerNode[] = []
  for (let at = 0; at < bytes.length; ) {
    const { header, length } = readHeader(bytes, at)
    const end = at + header + length
    if (end > bytes.length) throw new KeyFormatError('unreadable')
    const tag = bytes[at] ?? 0
    nodes.push({
      tag,
      content: bytes.subarray(at + header, end),
      whole: bytes.subarray(at, end),
    })
    at = end
  }
  return nodes
}

/** The members of a sequence that fills these bytes. */
export function readSequence(bytes: Uint8Array): DerNode[] {
  const [outer, ...rest] = readDer(bytes)
  if (outer?.tag !== SEQUENCE || rest.length > 0) throw new KeyFormatError('unreadable')
  return readDer(outer.content)
}

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = joined(parts)
  return joined([Uint8Array.of(tag), lengthOf(content.length), content])
}

/** AlgorithmIdentifier of an RSA key, 1.2.840.113549.1.1.1 with NULL parameters (RFC 3279 section 2.3.1). */
export const RSA_ALGORITHM = der(
  SEQUENCE,
  Uint8Array.of(0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1),
  NULL,
)

/** id-ecPublicKey on P-256 (RFC 5480 section 2.1). */
export const P256_ALGORITHM = der(
  SEQUENCE,
  Uint8Array.of(0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1),
  Uint8Array.of(0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7),
)

/** PKCS#8 (RFC 5208 section 5) around the private key of an algorithm. */
export function pkcs8Of(algorithm: Uint8Array, privateKey: Uint8Array): Uint8Array {
  return der(SEQUENCE, der(INTEGER, Uint8Array.of(0)), algorithm, der(OCTET_STRING, privateKey))
}

/** SubjectPublicKeyInfo (RFC 5280 section 4.1) around a public key. */
export function spkiOf(algorithm: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return der(SEQUENCE, algorithm, der(BIT_STRING, Uint8Array.of(0), publicKey))
}

/** What pkcs8Of was given: for RSA a PKCS#1 RSAPrivateKey. */
export function privateKeyIn(pkcs8: Uint8Array): Uint8Array {
  const [, , key] = readSequence(pkcs8)
  if (key?.tag !== OCTET_STRING) throw new KeyFormatError('unreadable')
  return key.content
}

/** What spkiOf was given: for RSA a PKCS#1 RSAPublicKey. */
export function publicKeyIn(spki: Uint8Array): Uint8Array {
  const [, key] = readSequence(spki)
  if (key?.tag !== BIT_STRING || key.content[0] !== 0) throw new KeyFormatError('unreadable')
  return key.content.subarray(1)
}

/** The key that a certificate is about (RFC 5280 section 4.1.2.7). */
export function spkiInCertificate(certificate: Uint8Array): Uint8Array {
  const [body] = readSequence(certificate)
  if (body === undefined) throw new KeyFormatError('unreadable')
  const fields = readSequence(body.whole)
  // The version is optional and the only member with the tag [0].
  const key = fields[fields[0]?.tag === 0xa0 ? 6 : 5]
  if (key?.tag !== SEQUENCE) throw new KeyFormatError('unreadable')
  return key.whole
}

function readHeader(bytes: Uint8Array, at: number): { header: number; length: number } {
  const first = bytes[at + 1]
  if (first === undefined) throw new KeyFormatError('unreadable')
  if (first < 0x80) return { header: 2, length: first }
  const count = first & 0x7f
  if (count === 0 || count > 3) throw new KeyFormatError('unreadable')
  let length = 0
  for (const byte of bytes.subarray(at + 2, at + 2 + count)) length = length * 256 + byte
  return { header: 2 + count, length }
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff)
  return Uint8Array.of(0x80 | bytes.length, ...bytes)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
