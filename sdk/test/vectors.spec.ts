import { constants, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { isSignedByPlatform } from '../src/core/response-signature.js'
import { createSigner, createWebSigner, type SignatureAlgorithm } from '../src/core/signer.js'
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
  request: { method: string; target_uri: string; headers: [string, string][]; body: string | null }
  signed_base: string
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
const keyOf = (id: string): Key | undefined => vectors.keys.find((key) => key.key_id === id)

/** Requests of exactly the form that this SDK makes; others vary what only a verifier must allow. */
const own = vectors.requests.filter(({ name, valid }) => {
  return valid && /: (POST with a body|GET without a body)$/.test(name)
})

describe('request vectors', () => {
  test('cover every algorithm of the SDK, with and without a body', () => {
    expect(own).toHaveLength(8)
  })

  test.each(own.map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
    const key = keyOf(vector.key_id)
    if (key === undefined) throw new Error(`no key ${vector.key_id}`)
    const headers = new Headers(
      vector.request.headers.filter(([name]) => !/^signature(-input)?$/i.test(name)),
    )
    const { body, method, target_uri: targetUri } = vector.request
    if (body !== null && body !== undefined) {
      const digest = await contentDigest(new TextEncoder().encode(body))
      expect(headers.get('content-digest')).toBe(digest)
    }
    const moment = {
      created: Number(/created=(\d+)/.exec(vector.signed_base)?.[1]),
      nonce: /nonce="([^"]+)"/.exec(vector.signed_base)?.[1] ?? '',
    }
    const { base } = signatureBase({ method, targetUri, headers }, key.key_id, moment)
    expect(base).toBe(vector.signed_base)
    for (const create of [createSigner, createWebSigner]) {
      const signature = await create(key.test_private_key, key.algorithm).sign(Buffer.from(base))
      if (key.algorithm === 'ed25519' || key.algorithm === 'rsa-v1_5-sha256') {
        expect(Buffer.from(signature).toString('base64')).toBe(vector.signature)
      }
      expect(verifyWithNode(key, base, signature)).toBe(true)
    }
  })
})

function verifyWithNode(key: Key, base: string, signature: Uint8Array): boolean {
  const publicKey = createPublicKey(key.public_key)
  const hash = { ed25519: null, 'rsa-pss-sha512': 'sha512' }[String(key.algorithm)]
  const options = {
    key: publicKey,
    ...(key.algorithm === 'ecdsa-p256-sha256' ? { dsaEncoding: 'ieee-p1363' as const } : {}),
    ...(key.algorithm === 'rsa-pss-sha512'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }
      : {}),
  }
  return verify(hash === undefined ? 'sha256' : hash, Buffer.from(base), options, signature)
}

describe('response vectors', () => {
  test('exist, good and bad', () => {
    const kinds = new Set(vectors.responses.map((vector) => vector.valid))
    expect(kinds.size).toBe(2)
  })

  test.each(vectors.responses.map((vector) => [vector.name, vector] as const))(
    '%s',
    async (_, { key_id: keyId, request, response, valid }) => {
      const { public_key: publicKey } = keyOf(keyId) ?? {}
      if (publicKey === undefined) throw new Error(`no key ${keyId}`)
      const keys = [await importPublicKey(publicKey)]
      const answer = { ...response, headers: new Headers(response.headers) }
      const sent = { method: request.method, targetUri: request.target_uri }
      expect(await isSignedByPlatform(sent, answer, keys, vectors.now)).toBe(valid)
    },
  )
})
