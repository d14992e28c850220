import { createHash, type Hash, hash, timingSafeEqual } from 'node:crypto'
import { isInnerList } from 'structured-headers'
import { readCanonicalBytes } from './http-signature.canonical.js'
import { HttpSignatureError } from './http-signature.errors.js'
import { parseExactDictionary } from './http-signature.fields.js'

/** RFC 9530 registers more algorithms; the others are broken or are checksums. */
const DIGEST_ALGORITHMS = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const
export type DigestAlgorithm = keyof typeof DIGEST_ALGORITHMS

const DIGEST_BYTES: Readonly<Record<DigestAlgorithm, number>> = { 'sha-256': 32, 'sha-512': 64 }
const FIELD_LENGTH_MAX = 1024

export interface ExpectedDigest {
  readonly algorithm: DigestAlgorithm
  readonly digest: Buffer
}

/** A `Content-Digest` field (RFC 9530) over these bytes. */
export function makeContentDigest(
  body: Uint8Array,
  algorithm: DigestAlgorithm = 'sha-256',
): string {
  return `${algorithm}=:${hash(DIGEST_ALGORITHMS[algorithm], body, 'base64')}:`
}

/**
 * The digests of a `Content-Digest` field that we can check, at least one. Throws an
 * `HttpSignatureError` when the field cannot be read or names only algorithms we do not accept.
 */
export function parseContentDigest(field: string): ExpectedDigest[] {
  if (field.length > FIELD_LENGTH_MAX) {
    throw malformed(`Content-Digest is longer than ${FIELD_LENGTH_MAX} characters.`)
  }
  const expected: ExpectedDigest[] = []
  for (const [algorithm, digest] of readDigests(field)) {
    if (!isDigestAlgorithm(algorithm)) continue
    if (digest.length !== DIGEST_BYTES[algorithm]) {
      throw malformed(`Content-Digest: ${algorithm} is ${DIGEST_BYTES[algorithm]} bytes long.`)
    }
    expected.push({ algorithm, digest })
  }
  if (expected.length === 0) throw malformed('Content-Digest must hold a sha-256 or a sha-512.')
  return expected
}

function readDigests(field: string): [string, Buffer][] {
  const canonical = readCanonicalBytes(field)
  if (canonical) return [[canonical.label, canonical.bytes]]
  return [...parseExactDictionary('Content-Digest', field)].map(([algorithm, member]) => {
    if (isInnerList(member) || !(member[0] instanceof ArrayBuffer)) {
      throw malformed(`Content-Digest must hold base64 between colons, as in ${algorithm}=:…:.`)
    }
    return [algorithm, Buffer.from(member[0])]
  })
}

/** Whether every one of these digests is the body's. */
export function matchesContentDigest(
  expected: readonly ExpectedDigest[],
  body: Uint8Array,
): boolean {
  return expected.every(({ algorithm, digest }) =>
    timingSafeEqual(hash(DIGEST_ALGORITHMS[algorithm], body, 'buffer'), digest),
  )
}

/** The same check for a body that is too large to hold: feed it the chunks, then ask. */
export class ContentDigestStream {
  private readonly running: readonly { hash: Hash; digest: Buffer }[]

  constructor(expected: readonly ExpectedDigest[]) {
    this.running = expected.map(({ algorithm, digest }) => ({
      hash: createHash(DIGEST_ALGORITHMS[algorithm]),
      digest,
    }))
  }

  update(chunk: Uint8Array): void {
    for (const { hash } of this.running) hash.update(chunk)
  }

  /** May be asked once, after the last chunk. */
  matches(): boolean {
    return this.running.every(({ hash, digest }) => timingSafeEqual(hash.digest(), digest))
  }
}

function isDigestAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(DIGEST_ALGORITHMS, name)
}

function malformed(message: string): HttpSignatureError {
  return new HttpSignatureError('malformed', message)
}
