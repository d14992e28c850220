import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import { fakeFetch, json, problem } from '../test/support/fake-fetch.js'
import { Bursar } from './client.js'
import { BursarConfigurationError } from './core/errors.js'
import { signatureBase } from './core/signing.js'

const key = generateKeyPairSync('ed25519').privateKey
const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString()
const credentials = { keyId: 'key_1', privateKey }
/** For a fetch that cannot sign its answers. */
const unverified = { ...credentials, platformKeys: false } as const

const externalKey = {
  keyId: 'key_2',
  algorithm: 'ed25519' as const,
  sign: () => new Uint8Array(64),
}

afterEach(() => {
  delete process.env.BURSAR_API_BASE
})

describe('signed calls', () => {
  test('every try has a new nonce and a signature over what was really sent', async () => {
    const { fetch, sent } = fakeFetch(
      problem(503, {}, { 'retry-after': '0' }),
      json({ id: 'ref_1' }),
    )
    const bursar = new Bursar({ ...unverified, baseUrl: 'https://pay.test/', fetch })
    await bursar.request({ method: 'POST', path: '/v1/refunds', body: { amount: 5 } })
    const nonces = new Set<string>()
    for (const request of sent) {
      const input = request.headers.get('signature-input') ?? ''
      const nonce = /nonce="([^"]+)"/.exec(input)?.[1] ?? ''
      const created = Number(/created=(\d+)/.exec(input)?.[1])
      nonces.add(nonce)
      const { base, params } = signatureBase(
        { method: request.method, targetUri: request.url, headers: request.headers },
        'key_1',
        { nonce, created },
      )
      expect(input).toBe(`bursar=${params}`)
      expect(params).toMatch(
        /^\("@method" "@target-uri" "content-digest" "content-type" "idempotency-key"\);created=/,
      )
      const signature = (request.headers.get('signature') ?? '').slice('bursar=:'.length, -1)
      const bytes = Buffer.from(signature, 'base64')
      expect(verify(null, Buffer.from(base), createPublicKey(key), bytes)).toBe(true)
    }
    expect(nonces.size).toBe(2)
  })

  test('cover an access token that comes along', async () => {
    const { fetch, sent } = fakeFetch(json({}))
    const accessToken = async () => 'token-1'
    await new Bursar({ ...credentials, accessToken, fetch }).bills.get('b')
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer token-1')
    expect(sent[0]?.headers.get('signature-input')).toContain('"authorization"')
  })

  test('a token alone is enough for reads and makes no signature', async () => {
    const { fetch, sent } = fakeFetch(json({}))
    await new Bursar({ accessToken: 'token-1', fetch }).bills.get('b')
    expect(sent[0]?.headers.has('signature')).toBe(false)
  })

  test('a key that lives elsewhere signs through the same interface', async () => {
    const { fetch, sent } = fakeFetch(json({}))
    const bases: string[] = []
    const signer = {
      keyId: 'key_sm2',
      algorithm: 'sm2-sm3',
      async sign(base: Uint8Array) {
        bases.push(new TextDecoder().decode(base))
        return new Uint8Array(64)
      },
    } as const
    await new Bursar({ signer, baseUrl: 'https://pay.test', fetch }).bills.get('b')
    expect(sent[0]?.headers.get('signature')).toBe(`bursar=:${'A'.repeat(86)}==:`)
    expect(sent[0]?.headers.get('signature-input')).toContain(';keyid="key_sm2"')
    expect(bases[0]).toMatch(/^"@method": GET\n"@target-uri": https:\/\/pay\.test\/v1\/bills\/b\n/)
  })

  test('a signer that answers in DER is told so, and nothing is sent', async () => {
    const { fetch, sent } = fakeFetch(json({}))
    const sign = () => new Uint8Array(71)
    const signer = { keyId: 'key_1', algorithm: 'ecdsa-p256-sha256', sign } as const
    const call = new Bursar({ signer, fetch }).bills.get('b')
    await expect(call).rejects.toThrow(/returned 71 bytes; ecdsa-p256-sha256 has 64.*not DER/)
    expect(sent).toHaveLength(0)
  })

  test('carry the signed string along when the client debugs signatures', async () => {
    const { fetch, sent } = fakeFetch(json({}), json({}))
    await new Bursar({ ...credentials, fetch }).bills.get('b')
    await new Bursar({ ...credentials, debugSignatures: true, fetch }).bills.get('b')
    expect(sent[0]?.headers.has('bursar-debug-base')).toBe(false)
    const base = Buffer.from(sent[1]?.headers.get('bursar-debug-base') ?? '', 'base64').toString()
    const signature = sent[1]?.headers.get('signature') ?? ''
    const bytes = Buffer.from(signature.slice('bursar=:'.length), 'base64')
    expect(verify(null, Buffer.from(base), createPublicKey(key), bytes)).toBe(true)
  })
})

describe('signed answers', () => {
  const write = { method: 'POST', path: '/v1/x' } as const

  test('are asked for on writes only', async () => {
    const { fetch, sent } = fakeFetch(json({}), json({}))
    const bursar = new Bursar({ ...unverified, fetch })
    await bursar.request(write)
    await bursar.bills.get('b')
    expect(sent.map((request) => request.headers.get('accept-signature'))).toEqual([
      'bursar=("@status" "content-digest" "@method";req "@target-uri";req);tag="bursar-response"',
      null,
    ])
  })

  test('are required by a client that pins the keys of the platform', async () => {
    const { fetch } = fakeFetch(json({}))
    const platformKeys = [createPublicKey(key).export({ format: 'jwk' })].map(({ crv, x }) => {
      return { kty: 'OKP', crv, x }
    })
    const call = new Bursar({ ...credentials, platformKeys, fetch }).request(write)
    await expect(call).rejects.toMatchObject({ code: 'response_signature_invalid' })
  })

  test('a platform key that cannot be read stops the call before it is sent', async () => {
    const { fetch, sent } = fakeFetch(json({}))
    const call = new Bursar({ ...credentials, platformKeys: ['nonsense'], fetch }).request(write)
    await expect(call).rejects.toThrow(/platformKeys must be/)
    expect(sent).toHaveLength(0)
  })
})

describe('options', () => {
  test('baseUrl falls back to the environment, then to the local platform', async () => {
    const { fetch, sent } = fakeFetch(json({}), json({}))
    await new Bursar({ ...credentials, fetch }).bills.get('b')
    process.env.BURSAR_API_BASE = 'https://env.test'
    await new Bursar({ ...credentials, fetch }).bills.get('b')
    expect(sent.map((request) => new URL(request.url).origin)).toEqual([
      'http://localhost:3000',
      'https://env.test',
    ])
  })

  test.each([
    [{}, /credentials are missing/],
    [{ keyId: 'key_1' }, /privateKey is missing/],
    [{ privateKey }, /keyId is missing/],
    [{ ...credentials, signer: externalKey }, /pass one of them/],
    [{ keyId: 'key_1', signer: externalKey }, /pass one of them/],
    [{ keyId: 'key"1', privateKey }, /looks like key_/],
    [{ keyId: 'key_1', privateKey: 'secret' }, /BEGIN PRIVATE KEY/],
    [{ ...credentials, baseUrl: 'pay.test' }, /must be an origin/],
    [{ ...credentials, baseUrl: 'https://pay.test?x=1' }, /must be an origin/],
  ])('%#: a wrong one is refused by the constructor', (options, message) => {
    expect(() => new Bursar(options)).toThrow(BursarConfigurationError)
    expect(() => new Bursar(options)).toThrow(message)
  })

  test('headers of the client are sent with every call and may be a function', async () => {
    const { fetch, sent } = fakeFetch(json({}))
    const headers = () => ({ 'X-CSRF-Token': 'c1', Accept: 'text/html' })
    await new Bursar({ auth: 'session', headers, fetch }).bills.get('b')
    expect(sent[0]?.headers.get('x-csrf-token')).toBe('c1')
    expect(sent[0]?.headers.get('accept')).toBe('application/json')
  })
})

test('the documented resources exist', () => {
  const bursar = new Bursar(credentials)
  const methods = [
    bursar.bills.create,
    bursar.bills.get,
    bursar.bills.list,
    bursar.bills.void,
    bursar.checkouts.create,
    bursar.events.list,
    bursar.feeItems.create,
    bursar.payers.create,
    bursar.payments.close,
    bursar.payments.list,
    bursar.refunds.create,
    bursar.testHelpers.payments.simulate,
    bursar.webhookEndpoints.create,
    bursar.webhookEndpoints.delete,
  ]
  for (const method of methods) expect(method).toBeInstanceOf(Function)
})

test('an endpoint without a name of its own can still be called', async () => {
  const { fetch, sent } = fakeFetch(json({ ok: true }))
  const bursar = new Bursar({ ...unverified, baseUrl: 'https://pay.test', fetch })
  const answer = await bursar.request<{ ok: boolean }>({
    method: 'POST',
    path: '/v1/news/{id}',
    ids: ['n 1'],
    body: { a: 1 },
  })
  expect(answer.ok).toBe(true)
  expect(sent[0]?.url).toBe('https://pay.test/v1/news/n%201')
})
