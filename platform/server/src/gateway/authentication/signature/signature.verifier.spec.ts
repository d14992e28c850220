import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import {
  keyOf,
  keyRow,
  makeVerifier,
  outcomeOf,
  signRequest,
  vectors,
} from '../../../../test/security/signing-support.js'
import { ContentDigestStream, makeContentDigest } from '../../../infra/crypto/content-digest.js'
import type { ApiKeyForVerification } from './key-directory.port.js'
import { SignatureError } from './signature.errors.js'
import type { RequestToVerify } from './signature.reader.js'

const now = vectors.now

async function refusal(request: RequestToVerify, changes: Partial<ApiKeyForVerification> = {}) {
  try {
    await makeVerifier(changes).verifier.verify(request)
  } catch (error) {
    if (error instanceof SignatureError) return error
    throw error
  }
  throw new Error('accepted')
}

describe('an accepted request', () => {
  test('says who called, and keeps the evidence', async () => {
    const request = signRequest({ nonce: 'a-nonce-of-20-chars!' })
    const verified = await makeVerifier().verifier.verify(request)
    expect(verified).toMatchObject({
      key_id: keyOf('ed25519').key_id,
      nonce: 'a-nonce-of-20-chars!',
      created: new Date(now * 1000),
      key: keyRow(keyOf('ed25519')),
    })
    expect(verified.signature_base.toString()).toMatch(/^"@method": POST\n"@target-uri": https:/)
    expect(verified.signature).toHaveLength(64)
  })

  test('may have an empty body without a digest', async () => {
    const { verifier } = makeVerifier()
    const request = signRequest({ method: 'POST', body: null })
    expect(await outcomeOf(verifier, { ...request, rawBody: Buffer.alloc(0) })).toBe('accepted')
  })

  test('hands the digests of a streamed body to whoever reads it', async () => {
    const body = 'a row\n'.repeat(1000)
    const request = { ...signRequest({ body }), rawBody: null, isBodyStreamed: true }
    const { content_digests } = await makeVerifier().verifier.verify(request)
    for (const [text, isSame] of [
      [body, true],
      [`${body}x`, false],
    ] as const) {
      const stream = new ContentDigestStream(content_digests)
      stream.update(Buffer.from(text.slice(0, 100)))
      stream.update(Buffer.from(text.slice(100)))
      expect(stream.matches()).toBe(isSame)
    }
  })
})

describe('a digest', () => {
  test('is needed for a streamed body too', async () => {
    const request = { ...signRequest({ method: 'POST', body: null }), isBodyStreamed: true }
    expect((await refusal(request)).code).toBe('content_digest_missing')
  })

  test('that is there is checked, even without a body', async () => {
    const headers = ['content-digest', makeContentDigest(Buffer.from('x'))]
    const request = signRequest({ body: null, headers })
    expect((await refusal(request)).code).toBe('content_digest_mismatch')
  })
})

describe('a key', () => {
  const second = 1000
  test.each<[string, Partial<ApiKeyForVerification>]>([
    ['key_revoked', { revoked_at: new Date(now * second) }],
    ['key_expired', { not_after: new Date(now * second) }],
    ['key_not_yet_valid', { not_before: new Date(now * second + 1) }],
    ['accepted', { not_before: new Date(now * second), not_after: new Date(now * second + 1) }],
  ])('answers %s', async (code, changes) => {
    expect(await outcomeOf(makeVerifier(changes).verifier, signRequest())).toBe(code)
  })

  test('that is unknown and an id that is no key id get one answer', async () => {
    const ids = ['key_00000000000000000000000000', 'app_00000000000000000000000001', '', "' or 1"]
    const answers = await Promise.all(
      ids.map(async (key_id) => refusal(signRequest({ key: { ...keyOf('ed25519'), key_id } }))),
    )
    expect(new Set(answers.map(({ code, message }) => `${code} ${message}`)).size).toBe(1)
    expect(answers[0]).toMatchObject({ code: 'key_unknown', spec: { status: 401 } })
  })

  test('is not asked for when the headers alone are wrong', async () => {
    const { directory, verifier } = makeVerifier()
    const requests = [
      { ...signRequest(), rawHeaders: [] },
      signRequest({ parameters: { tag: 'x' } }),
      signRequest({ parameters: { created: now - 301 } }),
      signRequest({ nonce: 'short' }),
      signRequest({ key: { ...keyOf('ed25519'), key_id: 'nonsense' } }),
    ]
    for (const request of requests) expect(await outcomeOf(verifier, request)).not.toBe('accepted')
    expect(directory.questions).toBe(0)
  })
})

describe('a nonce', () => {
  test('is accepted once among 50 identical reads at the same time', async () => {
    const { verifier } = makeVerifier()
    const request = signRequest({ body: null })
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcomeOf(verifier, request)),
    )
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'nonce_replayed')).toHaveLength(49)
  })

  test('of a write is left to the database', async () => {
    const { verifier } = makeVerifier()
    const request = signRequest()
    expect(await outcomeOf(verifier, request)).toBe('accepted')
    expect(await outcomeOf(verifier, request)).toBe('accepted')
  })

  test('is not used up by someone who cannot sign', async () => {
    const { verifier } = makeVerifier()
    const request = signRequest({ body: null })
    const forged = { ...request, targetUri: 'https://pay.example.edu/v1/else' }
    expect(await outcomeOf(verifier, forged)).toBe('signature_invalid')
    expect(await outcomeOf(verifier, request)).toBe('accepted')
  })

  test('belongs to its key', async () => {
    const { verifier } = makeVerifier()
    const nonce = 'shared-by-two-keys'
    const first = signRequest({ body: null, nonce })
    const second = signRequest({ body: null, nonce, key: keyOf('rsa-pss-sha512') })
    expect(await outcomeOf(verifier, first)).toBe('accepted')
    expect(await outcomeOf(verifier, second)).toBe('accepted')
  })
})

describe('a message that can be read in two ways is refused', () => {
  test.each(['Content-Type', 'CONTENT-DIGEST', 'Idempotency-Key', 'signature-input'])(
    'with %s twice',
    async (name) => {
      const request = signRequest({ headers: ['idempotency-key', 'order-1'] })
      const at = request.rawHeaders.indexOf(name.toLowerCase())
      const rawHeaders = [...request.rawHeaders, name, request.rawHeaders[at + 1] ?? '']
      expect((await refusal({ ...request, rawHeaders })).code).toBe('signature_ambiguous')
    },
  )

  test.each(['a\r\nx-role: admin', 'a\n b', 'a\u0000', 'schön'])(
    'with a header value of %j',
    async (value) => {
      const request = signRequest({ headers: ['idempotency-key', 'order-1'] })
      const rawHeaders = request.rawHeaders.map((old) => (old === 'order-1' ? value : old))
      expect((await refusal({ ...request, rawHeaders })).code).toBe('signature_malformed')
    },
  )

  test('with a request target that is not in origin form', async () => {
    const request = { ...signRequest(), targetUri: null }
    expect((await refusal(request)).code).toBe('signature_malformed')
  })
})

describe('in live mode', () => {
  test('a signature that does not verify is one code and no explanation', async () => {
    const request = signRequest({ spoil: (base) => Buffer.concat([base, Buffer.from('\n')]) })
    const error = await refusal(request)
    expect(error.code).toBe('signature_invalid')
    expect(error.options.extensions).toBeUndefined()
    expect(error.message).toBe('The signature does not verify with this key.')
  })
})

describe('in test mode the developer is told', () => {
  async function debugOf(request: RequestToVerify) {
    const error = await refusal(request, { livemode: false })
    expect(error.code).toBe('signature_invalid')
    return error.options.extensions?.signature_debug
  }

  test('the string that the server built', async () => {
    const request = signRequest({ spoil: () => Buffer.from('something else') })
    expect(await debugOf(request)).toMatchObject({
      signature_base: expect.stringMatching(/^"@method": POST\n/),
      first_difference: null,
      likely_cause: expect.stringContaining('bursar-debug-base'),
    })
  })

  test('the first byte that differs from what they say they signed', async () => {
    let sent = ''
    const request = signRequest({
      spoil: (base) => {
        const other = base.toString().replace('pay.example.edu', 'localhost')
        sent = Buffer.from(other).toString('base64')
        return Buffer.from(other)
      },
    })
    const rawHeaders = [...request.rawHeaders, 'Bursar-Debug-Base', sent]
    expect(await debugOf({ ...request, rawHeaders })).toMatchObject({
      first_difference: {
        offset: 39,
        line: 2,
        component: '@target-uri',
        expected: expect.stringContaining('pay.example'),
        received: expect.stringContaining('localhost'),
      },
      likely_cause: expect.stringContaining('full URL'),
    })
  })

  test('that the key is another one when both built the same string', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const test_private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const wrong = { ...keyOf('ed25519'), test_private_key }
    let sent = ''
    const request = signRequest({
      key: wrong,
      spoil: (base) => {
        sent = base.toString('base64')
        return base
      },
    })
    const rawHeaders = [...request.rawHeaders, 'bursar-debug-base', sent]
    expect(await debugOf({ ...request, rawHeaders })).toMatchObject({
      first_difference: null,
      likely_cause: expect.stringContaining('another private key'),
    })
  })

  test.each([
    ['a newline at the end', (base: Buffer) => Buffer.concat([base, Buffer.from('\n')]), 'newline'],
  ])('of %s', async (_, spoil, cause) => {
    expect(await debugOf(signRequest({ spoil }))).toMatchObject({
      likely_cause: expect.stringContaining(cause),
    })
  })

  test('of CR LF between the lines', async () => {
    let sent = ''
    const request = signRequest({
      spoil: (base) => {
        const other = base.toString().replaceAll('\n', '\r\n')
        sent = Buffer.from(other).toString('base64')
        return Buffer.from(other)
      },
    })
    const rawHeaders = [...request.rawHeaders, 'bursar-debug-base', sent]
    expect(await debugOf({ ...request, rawHeaders })).toMatchObject({
      likely_cause: expect.stringContaining('CR LF'),
    })
  })

  test.each([
    ['ecdsa-p256-sha256: a DER signature', 'P1363'],
    ['rsa-v1_5-sha256: signed with PSS', 'rsa-pss-sha512'],
  ])('of the wrong scheme: %s', async (name, cause) => {
    const vector = vectors.requests.find((candidate) => candidate.name === name)
    if (!vector) throw new Error(`no vector ${name}`)
    const { method, target_uri, headers, body } = vector.request
    const request = {
      method,
      targetUri: target_uri,
      rawHeaders: headers.flat(),
      rawBody: Buffer.from(body ?? ''),
    }
    expect(await debugOf(request)).toMatchObject({ likely_cause: expect.stringContaining(cause) })
  })
})
