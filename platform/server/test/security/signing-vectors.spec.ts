import { execFileSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import {
  SIGNATURE_ERRORS,
  SignatureError,
} from '../../src/gateway/authentication/signature/signature.errors.js'
import { matchesContentDigest, parseContentDigest } from '../../src/infra/crypto/content-digest.js'
import { buildSignatureBase, targetUriOf } from '../../src/infra/crypto/http-signature.base.js'
import {
  parseSignature,
  parseSignatureInput,
} from '../../src/infra/crypto/http-signature.fields.js'
import { HeaderFields } from '../../src/infra/crypto/http-signature.headers.js'
import {
  SIGNATURE_ALGORITHMS,
  verifyWithKey,
} from '../../src/infra/crypto/http-signature.verify.js'
import {
  makeVerifier,
  outcomeOf,
  type RequestVector,
  type ResponseVector,
  vectors,
} from './signing-support.js'

function sentRequest({ request }: RequestVector) {
  return {
    method: request.method,
    targetUri: targetUriOf(vectors.public_origin, request.target),
    rawHeaders: request.headers.flat(),
    rawBody: request.body === null ? null : Buffer.from(request.body),
  }
}

describe('openapi/vectors/signing.json', () => {
  test('is what its generator writes', () => {
    const script = fileURLToPath(
      new URL('../../../../openapi/vectors/generate.mjs', import.meta.url),
    )
    const printed = execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
    expect(printed).toContain('vectors')
  })

  test('has valid and invalid vectors for every algorithm, and names only our codes', () => {
    const appKeys = vectors.keys.filter(({ role }) => role === 'app')
    expect(appKeys.map(({ algorithm }) => algorithm)).toEqual([...SIGNATURE_ALGORITHMS])
    for (const key of appKeys) {
      const mine = vectors.requests.filter((vector) => vector.key_id === key.key_id)
      expect(mine.some((vector) => vector.valid)).toBe(true)
      expect(mine.some((vector) => !vector.valid)).toBe(true)
    }
    const codes = vectors.requests.flatMap((vector) => vector.error ?? [])
    for (const code of codes) expect(Object.keys(SIGNATURE_ERRORS)).toContain(code)
  })

  test('says of every refusal why', () => {
    const all = [...vectors.requests, ...vectors.responses]
    for (const { valid, why } of all) expect(why === null).toBe(valid)
  })
})

describe('a request is accepted', () => {
  test.each(vectors.requests.filter((vector) => vector.valid))('$name', async (vector) => {
    const { verifier } = makeVerifier()
    const verified = await verifier.verify(sentRequest(vector))
    expect(verified.key_id).toBe(vector.key_id)
    expect(verified.algorithm).toBe(vector.algorithm)
    expect(verified.signature_base.toString()).toBe(vector.expected_base)
    expect(vector.expected_base).toBe(vector.signed_base)
  })
})

describe('a request is refused', () => {
  test.each(vectors.requests.filter((vector) => !vector.valid))('$name: $error', async (vector) => {
    expect(await outcomeOf(makeVerifier().verifier, sentRequest(vector))).toBe(vector.error)
    // Test keys get longer answers, never other ones.
    const { verifier } = makeVerifier({ livemode: false })
    expect(await outcomeOf(verifier, sentRequest(vector))).toBe(vector.error)
  })
})

describe('the base of a signature that does not verify', () => {
  const built = vectors.requests.filter(({ error }) => error === 'signature_invalid')
  test.each(built)('$name', async (vector) => {
    const { verifier } = makeVerifier({ livemode: false })
    const refused = await verifier.verify(sentRequest(vector)).catch((error: unknown) => error)
    if (!(refused instanceof SignatureError)) throw refused
    expect(refused.options.extensions?.signature_debug).toMatchObject({
      signature_base: vector.expected_base,
    })
  })
})

describe('a response of the platform', () => {
  test.each(vectors.responses)('$name', async (vector) => {
    expect(await readResponse(vector)).toBe(vector.error)
  })
})

async function readResponse({ key_id, request, response }: ResponseVector): Promise<string | null> {
  const key = vectors.keys.find((candidate) => candidate.key_id === key_id)
  if (!key) return 'key_unknown'
  const headers = new HeaderFields(response.headers.flat())
  const digests = parseContentDigest(headers.single('content-digest') ?? '')
  if (!matchesContentDigest(digests, Buffer.from(response.body))) return 'content_digest_mismatch'
  const input = parseSignatureInput(headers.single('signature-input') ?? '')
  const { created, tag } = input.parameters
  if (tag !== 'bursar-response') return 'signature_malformed'
  if (vectors.now - (created ?? 0) > 300) return 'signature_expired'
  const base = buildSignatureBase(
    input,
    { method: request.method, targetUri: request.target_uri, headers: new HeaderFields([]) },
    { status: response.status, headers },
  )
  const { signature } = parseSignature(headers.single('signature') ?? '')
  const isValid = await verifyWithKey('ed25519', createPublicKey(key.public_key), base, signature)
  return isValid ? null : 'signature_invalid'
}
