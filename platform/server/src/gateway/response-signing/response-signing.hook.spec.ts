import { generateKeyPairSync, verify } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { verifySignature } from 'http-message-sig'
import { createVerifier, httpbis } from 'http-message-signatures'
import { readConfig } from '../../infra/config/config.js'
import type { PlatformKey } from '../../infra/crypto/platform-keys.js'
import { createHttpAdapter } from '../http-server.js'
import { ResponseSigner } from './response-signer.js'

const ORIGIN = 'https://pay.example.edu'
const LIST = '("@status" "content-digest" "@method";req "@target-uri";req)'
const ASK = { 'accept-signature': `bursar=${LIST};tag="bursar-response"` }
// One of the two libraries has no clock but the machine's.
const NOW = Math.floor(Date.now() / 1000)

const CONFIG = readConfig({ PUBLIC_ORIGIN: ORIGIN }, '/')

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const jwk = { kid: 'kid-1', kty: 'OKP', crv: 'Ed25519', x: '', use: 'sig', alg: 'EdDSA' } as const
const key: PlatformKey = {
  jwk: { ...jwk, purpose: 'response' },
  signsFrom: new Date(0),
  publicKey,
  privateKey,
}
const findKey = jest.fn<() => Promise<PlatformKey>>()

let server: FastifyInstance
beforeAll(() => {
  const signer = new ResponseSigner({ signer: findKey }, ORIGIN, {
    now: () => new Date(NOW * 1000),
  })
  server = createHttpAdapter(CONFIG).getInstance()
  server.responseSigning.signer = signer
  server.get('/v1/things', async () => ({ object: 'list', note: '学费' }))
  server.post('/v1/things', async (_, reply) => reply.status(201).send({ ok: true }))
  server.delete('/v1/things', async (_, reply) => reply.status(204).send())
  server.get('/v1/stream', async (_, reply) => reply.send(Readable.from(['a', 'b'])))
  server.setErrorHandler((_, __, reply) => reply.status(413).send({ code: 'body_too_large' }))
})
beforeEach(() => {
  findKey.mockReset()
  findKey.mockResolvedValue(key)
})
afterAll(() => server.close())

type Method = 'GET' | 'POST' | 'DELETE' | 'HEAD'

async function ask(method: Method, url: string, headers: Record<string, string> = ASK) {
  const response = await server.inject({ method, url, headers })
  return { response, request: { method, url: ORIGIN + url, headers } }
}

/** As two programs that we did not write judge it. */
async function expectSigned({ response, request }: Awaited<ReturnType<typeof ask>>) {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
  )
  const answer = { status: response.statusCode, headers }
  const requiredParams = ['created', 'keyid', 'tag']
  const keyLookup = async () => ({
    id: 'kid-1',
    algs: ['ed25519'],
    verify: createVerifier(publicKey, 'ed25519'),
  })
  const config = { keyLookup, requiredParams, notAfter: NOW + 1 }
  expect(await httpbis.verifyMessage(config, answer, request)).toBe(true)
  const otherStatus = { ...answer, status: answer.status + 1 }
  await expect(httpbis.verifyMessage(config, otherStatus, request)).resolves.toBe(false)

  const verified = await verifySignature(
    {
      kind: 'response',
      status: response.statusCode,
      fields: Object.entries(headers).map(([name, value]) => ({ name, value })),
      request: { kind: 'request', method: request.method, targetUri: request.url, fields: [] },
    },
    {
      policy: {
        algorithms: ['ed25519'],
        requiredComponents: ['@status', 'content-digest'],
        requiredParameters: requiredParams,
        now: NOW,
      },
      resolveVerifier: () => ({
        algorithm: 'ed25519',
        verify: (base, signature) => verify(null, base, publicKey, signature),
      }),
    },
  )
  expect(verified.parameters).toMatchObject({ tag: 'bursar-response', keyid: 'kid-1' })
  return verified
}

describe('an answer is signed for whoever asks', () => {
  test.each([
    ['a read', 'GET', '/v1/things?limit=2&x=%E5%AD%A6', 200],
    ['a write', 'POST', '/v1/things', 201],
    ['an answer without a body', 'DELETE', '/v1/things', 204],
    ['an address that nobody knows', 'GET', '/v1/nothing', 404],
    ['an address that cannot be read', 'GET', '/v1/%E0%A4%A', 400],
    ['an answer to HEAD', 'HEAD', '/v1/things', 200],
  ] as const)('%s', async (_, method, url, status) => {
    const answered = await ask(method, url)
    expect(answered.response.statusCode).toBe(status)
    await expectSigned(answered)
  })

  test('an error of the server itself', async () => {
    const headers = { ...ASK, 'content-type': 'application/json' }
    const payload = `"${'x'.repeat(1024 * 1024)}"`
    const url = '/v1/things'
    const response = await server.inject({ method: 'POST', url, headers, payload })
    expect(response.statusCode).toBe(413)
    await expectSigned({ response, request: { method: 'POST', url: ORIGIN + url, headers } })
  })

  test('under the label and with the nonce that they name', async () => {
    const field = `mine=("@status");nonce="once-only";created;expires`
    const answered = await ask('GET', '/v1/things', { 'accept-signature': field })
    const { label, parameters } = await expectSigned(answered)
    expect(label).toBe('mine')
    expect(parameters).toMatchObject({ nonce: 'once-only', created: NOW, expires: NOW + 300 })
  })

  test('over the public origin, whatever the Host header says', async () => {
    const headers = { ...ASK, host: 'evil.example', 'x-forwarded-host': 'evil.example' }
    await expectSigned(await ask('GET', '/v1/things', headers))
  })
})

describe('an answer is not signed', () => {
  test.each([
    ['when nobody asks', {}],
    ['when they ask for what we cannot give', { 'accept-signature': 'a=("date")' }],
    ['when they want another key', { 'accept-signature': 'a=("@status");keyid="kid-2"' }],
    ['when the wish cannot be read', { 'accept-signature': 'bursar=(((' }],
  ])('%s', async (_, headers) => {
    const { response } = await ask('GET', '/v1/things', headers)
    expect(response.statusCode).toBe(200)
    expect(response.headers).not.toHaveProperty('signature')
    expect(response.headers).not.toHaveProperty('content-digest')
  })

  test('when it is a stream, whose digest is not known in time', async () => {
    const { response } = await ask('GET', '/v1/stream')
    expect(response.body).toBe('ab')
    expect(response.headers).not.toHaveProperty('signature')
  })

  test('before the first key could be read; later ones are signed with the last known key', async () => {
    findKey.mockRejectedValue(new Error('the database is away'))
    const fresh = createHttpAdapter(CONFIG).getInstance()
    const signer = new ResponseSigner({ signer: findKey }, ORIGIN, { now: () => new Date() })
    fresh.responseSigning.signer = signer
    fresh.get('/v1/things', async () => ({}))
    const call = () => fresh.inject({ url: '/v1/things', headers: ASK })
    const unsigned = await call()
    expect(unsigned.statusCode).toBe(200)
    expect(unsigned.headers).not.toHaveProperty('signature')
    findKey.mockResolvedValueOnce(key)
    expect((await call()).headers).toHaveProperty('signature')
    expect((await call()).headers).toHaveProperty('signature')
    await fresh.close()
  })
})
