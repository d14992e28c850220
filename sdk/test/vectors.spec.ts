import { constants, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { isSignedByPlatform } from '../src/core/response-signature.js'
import {
  type BuiltInAlgorithm,
  createSigner,
  createWebSigner,
  type SignatureAlgorithm,
} from '../src/core/signer.js'
import { contentDigest, signatureBase } from '../src/core/signing.js'
import { importPublicKey } from '../src/core/verification-keys.js'

interface Key {
  key_id: string
  algorithm: SignatureAlgorithm
  public_key: string
  test_private_key: string
}

interface RequestVector {
  name: string
  valid: boolean
  key_id: string
  algorithm: SignatureAlgorithm
  deterministic: boolean
  request: { method: string; target_uri: string; headers: [string, string][]; body: string | null }
  signature_input: string
  signed_base: string
  expected_base: string | null
  signature: string
}

interface ResponseVector {
  name: string
  valid: boolean
  key_id: string
  request: { method: string; target_uri: string }
  response: { status: number; headers: [string, string][]; body: string }
}

interface Vectors {
  now: number
  keys: Key[]
  requests: RequestVector[]
  responses: ResponseVector[]
}

// The document is shared with the server; the SDK plays the part of the one who signs.
const path = join(import.meta.dirname, '../../openapi/vectors/signing.json')
const vectors: Vectors = JSON.parse(readFileSync(path, 'utf8'))

function keyOf(id: string): Key {
  const key = vectors.keys.find(({ key_id }) => key_id === id)
  if (key === undefined) throw new Error(`no key ${id}`)
  return key
}

const isBuiltIn = (algorithm: SignatureAlgorithm): algorithm is BuiltInAlgorithm =>
  algorithm !== 'sm2-sm3'

/** What the SDK covers, in its order; other vectors vary what only a verifier must allow. */
const OWN_FORM =
  /^\("@method" "@target-uri"( "content-digest")?( "content-type")?( "idempotency-key")?( "authorization")?( "dpop")?\);created=(?<created>\d+);nonce="(?<nonce>[^"]*)";keyid="(?<keyId>[^"]*)";tag="bursar-request"$/

const named = <T extends { name: string }>(list: readonly T[]) =>
  list.map((vector) => [vector.name, vector] as const)

describe('the signature base of a request', () => {
  // Also of a refused one: with the same request and the same parameters, a verifier builds the same.
  const own = vectors.requests.filter(({ expected_base, request, signature_input }) => {
    const received = request.headers.find(([name]) => /^signature-input$/i.test(name))?.[1]
    return (
      OWN_FORM.test(signature_input) &&
      expected_base !== null &&
      received === `bursar=${signature_input}`
    )
  })

  test('is tried with every algorithm, valid and invalid', () => {
    const valid = own.filter((vector) => vector.valid)
    const algorithms = new Set(valid.map(({ algorithm }) => algorithm))
    expect(algorithms).toEqual(new Set(vectors.keys.map(({ algorithm }) => algorithm)))
    expect(valid.length).toBeGreaterThanOrEqual(14)
    expect(own.length - valid.length).toBeGreaterThanOrEqual(20)
  })

  test.each(named(own))('%s', async (_, { expected_base, request, signature_input, valid }) => {
    const { created = '', keyId = '', nonce = '' } = OWN_FORM.exec(signature_input)?.groups ?? {}
    const headers = new Headers(
      request.headers.filter(([name]) => OWN_FORM.source.includes(`"${name.toLowerCase()}"`)),
    )
    const { method, target_uri: targetUri } = request
    const moment = { created: Number(created), nonce }
    const { base, params } = signatureBase({ method, targetUri, headers }, keyId, moment)
    // A request with a header too many is refused because the SDK's list would name it.
    if (params === signature_input) expect(base).toBe(expected_base)
    else expect(valid).toBe(false)
    const digest = headers.get('content-digest')
    if (valid && request.body !== null && /^sha-256=:[^,]*$/.test(digest ?? '')) {
      expect(await contentDigest(new TextEncoder().encode(request.body))).toBe(digest)
    }
  })
})

describe('the signature', () => {
  const valid = vectors.requests.filter(({ algorithm, valid }) => valid && isBuiltIn(algorithm))

  test.each(named(valid))('%s', async (_, vector) => {
    const { algorithm, public_key, test_private_key } = keyOf(vector.key_id)
    if (!isBuiltIn(algorithm)) throw new Error('filtered above')
    const base = Buffer.from(vector.signed_base)
    for (const create of [createSigner, createWebSigner]) {
      const signature = await create(test_private_key, algorithm).sign(base)
      if (vector.deterministic) {
        expect(Buffer.from(signature).toString('base64')).toBe(vector.signature)
      }
      expect(verifyWithNode(algorithm, public_key, base, signature)).toBe(true)
    }
  })
})

function verifyWithNode(
  algorithm: BuiltInAlgorithm,
  publicKey: string,
  base: Buffer,
  signature: Uint8Array,
): boolean {
  const key = createPublicKey(publicKey)
  switch (algorithm) {
    case 'ed25519':
      return verify(null, base, key, signature)
    case 'ecdsa-p256-sha256':
      return verify('sha256', base, { key, dsaEncoding: 'ieee-p1363' }, signature)
    case 'rsa-v1_5-sha256':
      return verify('sha256', base, key, signature)
    case 'rsa-pss-sha512': {
      const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }
      return verify('sha512', base, options, signature)
    }
  }
}

describe('an answer', () => {
  test('is good in some vectors and bad in others', () => {
    const kinds = new Set(vectors.responses.map((vector) => vector.valid))
    expect(kinds.size).toBe(2)
  })

  test.each(named(vectors.responses))(
    '%s',
    async (_, { key_id: keyId, request, response, valid }) => {
      const key = await importPublicKey(keyOf(keyId).public_key)
      const find = async (id: string) => (id === keyId ? [key] : [])
      const answer = { ...response, headers: new Headers(response.headers) }
      const sent = { method: request.method, targetUri: request.target_uri }
      expect(await isSignedByPlatform(sent, answer, { find }, vectors.now)).toBe(valid)
    },
  )
})
