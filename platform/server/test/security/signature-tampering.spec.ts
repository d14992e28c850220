import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { RequestToVerify } from '../../src/gateway/authentication/signature/signature.reader.js'
import { SIGNATURE_ALGORITHMS } from '../../src/infra/crypto/http-signature.verify.js'
import { keyOf, makeVerifier, outcomeOf, signRequest, vectors } from './signing-support.js'

const HEADERS = ['idempotency-key', 'order-1', 'authorization', 'DPoP token', 'dpop', 'proof']

/** Replaces one character by another one, at a place that the property chooses. */
function changeOne(text: string, at: number, by: number): string {
  const index = at % text.length
  const code = 0x21 + ((text.charCodeAt(index) - 0x21 + 1 + (by % 92) + 94) % 94)
  return text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1)
}

type Change = (request: RequestToVerify, at: number, by: number) => RequestToVerify

function changeHeader(name: string): Change {
  return (request, at, by) => ({
    ...request,
    rawHeaders: request.rawHeaders.map((value, index) =>
      request.rawHeaders[index - 1] === name && index % 2 === 1 ? changeOne(value, at, by) : value,
    ),
  })
}

const CHANGES: Record<string, Change> = {
  method: (request, at, by) => ({ ...request, method: changeOne(request.method, at, by) }),
  target: (request, at, by) => ({
    ...request,
    targetUri: changeOne(request.targetUri ?? '', at, by),
  }),
  body: (request, at, by) => {
    const rawBody = Buffer.from(request.rawBody ?? '')
    const index = at % rawBody.length
    rawBody[index] = ((rawBody[index] ?? 0) + 1 + (by % 255)) % 256
    return { ...request, rawBody }
  },
  'content-type': changeHeader('content-type'),
  'content-digest': changeHeader('content-digest'),
  'idempotency-key': changeHeader('idempotency-key'),
  authorization: changeHeader('authorization'),
  dpop: changeHeader('dpop'),
  'signature-input': changeHeader('signature-input'),
  signature: changeHeader('signature'),
}

describe('any changed byte is refused', () => {
  test.each(Object.keys(CHANGES))('in the %s', async (part) => {
    const change = CHANGES[part]
    if (!change) throw new Error(`no change for ${part}`)
    const { verifier } = makeVerifier()
    const anyRequest = fc.constantFrom(
      ...SIGNATURE_ALGORITHMS.map((algorithm) =>
        signRequest({ key: keyOf(algorithm), headers: HEADERS }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(anyRequest, fc.nat(), fc.nat(), async (request, at, by) => {
        const changed = change(request, at, by)
        fc.pre(!isSameSignature(request, changed))
        expect(await outcomeOf(verifier, changed)).not.toBe('accepted')
      }),
      { numRuns: 150 },
    )
  })

  test('also when a byte is dropped, doubled or moved', async () => {
    const { verifier } = makeVerifier()
    const request = signRequest({ headers: HEADERS })
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom('drop', 'double', 'swap'), async (at, how) => {
        const uri = request.targetUri ?? ''
        const i = at % (uri.length - 1)
        const [a = '', b = ''] = [uri[i], uri[i + 1]]
        const middle = { drop: b, double: a + a + b, swap: b + a }[how]
        const targetUri = uri.slice(0, i) + middle + uri.slice(i + 2)
        fc.pre(targetUri !== uri)
        expect(await outcomeOf(verifier, { ...request, targetUri })).toBe('signature_invalid')
      }),
    )
  })
})

describe('any other value of a parameter is refused', () => {
  const VALUES: Record<string, fc.Arbitrary<string>> = {
    created: fc.integer({ min: vectors.now - 299, max: vectors.now + 59 }).map(String),
    expires: fc.integer({ min: vectors.now, max: vectors.now + 10_000 }).map(String),
    nonce: fc.stringMatching(/^[!#-[\]-~]{16,64}$/).map((text) => `"${text}"`),
    keyid: fc.constantFrom(...vectors.keys.map(({ key_id }) => `"${key_id}"`)),
    alg: fc.constantFrom(...SIGNATURE_ALGORITHMS.map((algorithm) => `"${algorithm}"`)),
    tag: fc.stringMatching(/^[a-z-]{1,20}$/).map((text) => `"${text}"`),
  }

  test.each(Object.keys(VALUES))('%s', async (name) => {
    const { verifier } = makeVerifier()
    const algorithm = fc.constantFrom(...SIGNATURE_ALGORITHMS)
    const value = VALUES[name] ?? fc.constant('')
    await fc.assert(
      fc.asyncProperty(algorithm, value, fc.boolean(), async (signedWith, other, isDropped) => {
        const parameters = { expires: vectors.now + 60, alg: signedWith }
        const request = signRequest({ key: keyOf(signedWith), headers: HEADERS, parameters })
        expect(await outcomeOf(verifier, request)).toBe('accepted')
        const change = (input: string) =>
          input.replace(
            new RegExp(`;${name}=("[^"]*"|\\d+)`),
            isDropped ? '' : `;${name}=${other}`.replaceAll('$', '$$$$'),
          )
        const rawHeaders = request.rawHeaders.map((old, index) =>
          request.rawHeaders[index - 1] === 'signature-input' ? change(old) : old,
        )
        fc.pre(rawHeaders.join('\n') !== request.rawHeaders.join('\n'))
        expect(await outcomeOf(verifier, { ...request, rawHeaders })).not.toBe('accepted')
      }),
      { numRuns: 40 },
    )
  })
})

/** The last base64 character before padding carries bits that belong to no byte. */
function isSameSignature(left: RequestToVerify, right: RequestToVerify): boolean {
  const bytesOf = ({ rawHeaders }: RequestToVerify) =>
    rawHeaders.map((value) => value.replace(/:([A-Za-z0-9+/=]+):/, (_, text) => hexOf(text)))
  return (
    left.method === right.method &&
    left.targetUri === right.targetUri &&
    (left.rawBody ?? Buffer.alloc(0)).equals(right.rawBody ?? Buffer.alloc(0)) &&
    bytesOf(left).join('\n') === bytesOf(right).join('\n')
  )
}

function hexOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex')
}

describe('a refusal, never a crash', () => {
  test('for random headers', async () => {
    const { verifier } = makeVerifier()
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('bursar=()', 'bursar=:AAAA:', 'bursar', 'bursar=1', ',', 'bursar=("a" "b"'),
    )
    await fc.assert(
      fc.asyncProperty(value, value, value, async (input, signature, digest) => {
        const rawHeaders = ['Signature-Input', input, 'Signature', signature]
        const request = {
          method: 'POST',
          targetUri: 'https://pay.example.edu/v1/payments',
          rawHeaders: [...rawHeaders, 'Content-Digest', digest],
          rawBody: Buffer.from('{}'),
        }
        expect(await outcomeOf(verifier, request)).toMatch(/^(signature|nonce|key)_/)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['Signature-Input', `bursar=(${'"a" '.repeat(50_000)})`],
    ['Signature-Input', `bursar=();nonce="${'a'.repeat(100_000)}"`],
    ['Signature', `bursar=:${'A'.repeat(1_000_000)}:`],
  ])('for a huge %s, and quickly', async (name, value) => {
    const request = signRequest()
    const rawHeaders = request.rawHeaders.map((old, index) =>
      request.rawHeaders[index - 1] === name.toLowerCase() ? value : old,
    )
    const { directory, verifier } = makeVerifier()
    const startedAt = performance.now()
    expect(await outcomeOf(verifier, { ...request, rawHeaders })).toBe('signature_malformed')
    expect(performance.now() - startedAt).toBeLessThan(200)
    expect(directory.questions).toBe(0)
  })

  test('for a list of more components than anyone needs', async () => {
    const headers = Array.from({ length: 40 }, (_, n) => [`x-${n}`, 'v']).flat()
    const { verifier } = makeVerifier()
    expect(await outcomeOf(verifier, signRequest({ headers }))).toBe('signature_malformed')
  })
})
