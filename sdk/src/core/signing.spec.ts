import { constants, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type BuiltInAlgorithm, createSigner, createWebSigner } from './signer.js'
import { contentDigest, signatureBase, signRequest } from './signing.js'

const moment = { created: 1_796_000_000, nonce: 'n0nce' }

describe('content-digest', () => {
  test('is the sha-256 of the raw bytes in base64, as a structured-field byte sequence', async () => {
    const body = new TextEncoder().encode('{"hello": "world"}')
    expect(await contentDigest(body)).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:')
  })
})

describe('without node:crypto', () => {
  const original = Reflect.getOwnPropertyDescriptor(process, 'getBuiltinModule')
  afterEach(() => {
    Reflect.defineProperty(process, 'getBuiltinModule', original ?? {})
  })

  test('digest and signature come from WebCrypto and are the same', async () => {
    const body = new TextEncoder().encode('学费')
    const pem = ed25519.export({ type: 'pkcs8', format: 'pem' }).toString()
    const expected = [await contentDigest(body), await createSigner(pem).sign(body)]
    Reflect.defineProperty(process, 'getBuiltinModule', { value: undefined, configurable: true })
    expect(process.getBuiltinModule).toBeUndefined()
    const found = [await contentDigest(body), Buffer.from(await createSigner(pem).sign(body))]
    expect(found).toEqual(expected)
  })
})

describe('signature base', () => {
  test('covers method and target alone when there is nothing else', () => {
    const request = {
      method: 'GET',
      targetUri: 'https://pay.test/v1/bills?limit=1',
      headers: new Headers({ accept: 'application/json' }),
    }
    expect(signatureBase(request, 'key_1', moment).base).toBe(
      '"@method": GET\n' +
        '"@target-uri": https://pay.test/v1/bills?limit=1\n' +
        '"@signature-params": ("@method" "@target-uri")' +
        ';created=1796000000;nonce="n0nce";keyid="key_1";tag="bursar-request"',
    )
  })

  test('covers body, idempotency key, token and proof in the documented order', () => {
    const request = {
      method: 'POST',
      targetUri: 'https://pay.test/v1/payments',
      headers: new Headers({
        dpop: 'proof',
        authorization: 'DPoP token',
        'idempotency-key': 'abc-1',
        'content-type': 'application/json',
        'content-digest': 'sha-256=:AA==:',
        'user-agent': 'not covered',
      }),
    }
    expect(signatureBase(request, 'key_1', moment).base).toBe(
      '"@method": POST\n' +
        '"@target-uri": https://pay.test/v1/payments\n' +
        '"content-digest": sha-256=:AA==:\n' +
        '"content-type": application/json\n' +
        '"idempotency-key": abc-1\n' +
        '"authorization": DPoP token\n' +
        '"dpop": proof\n' +
        '"@signature-params": ("@method" "@target-uri" "content-digest" "content-type" ' +
        '"idempotency-key" "authorization" "dpop")' +
        ';created=1796000000;nonce="n0nce";keyid="key_1";tag="bursar-request"',
    )
  })
})

const ed25519 = generateKeyPairSync('ed25519').privateKey
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }
const p1363 = { dsaEncoding: 'ieee-p1363' } as const

const cases: {
  algorithm: BuiltInAlgorithm
  key: typeof rsa
  hash: string | null
  options: object
  isDefault: boolean
}[] = [
  { algorithm: 'ed25519', key: ed25519, hash: null, options: {}, isDefault: true },
  { algorithm: 'ecdsa-p256-sha256', key: p256, hash: 'sha256', options: p1363, isDefault: true },
  { algorithm: 'rsa-pss-sha512', key: rsa, hash: 'sha512', options: pss, isDefault: true },
  { algorithm: 'rsa-v1_5-sha256', key: rsa, hash: 'sha256', options: {}, isDefault: false },
]

describe.each(cases)('$algorithm', ({ algorithm, key, hash, options, isDefault }) => {
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const wanted = isDefault ? undefined : algorithm
  const signers = {
    'node:crypto': createSigner(pem, wanted),
    WebCrypto: createWebSigner(pem, wanted),
  }

  test.each(Object.entries(signers))('%s makes a signature that verifies', async (_, signer) => {
    const headers = new Headers({ 'idempotency-key': 'k' })
    const request = { method: 'POST', targetUri: 'https://pay.test/v1/bills/b/void', headers }
    await signRequest(request, 'key_1', signer, moment)
    const { base, params } = signatureBase(
      { ...request, headers: new Headers({ 'idempotency-key': 'k' }) },
      'key_1',
      moment,
    )
    expect(headers.get('signature-input')).toBe(`bursar=${params}`)
    const encoded = /^bursar=:([A-Za-z0-9+/]+=*):$/.exec(headers.get('signature') ?? '')?.[1]
    const signature = Buffer.from(encoded ?? '', 'base64')
    const publicKey = { key: createPublicKey(key), ...options }
    expect(verify(hash, Buffer.from(base), publicKey, signature)).toBe(true)
    expect(verify(hash, Buffer.from(base.replace('POST', 'GET')), publicKey, signature)).toBe(false)
    if (algorithm === 'ecdsa-p256-sha256') expect(signature).toHaveLength(64)
  })
})

test('each signature has a nonce of its own and the current time', async () => {
  const signer = createSigner(ed25519.export({ type: 'pkcs8', format: 'pem' }).toString())
  const inputs = []
  for (let round = 0; round < 2; round += 1) {
    const headers = new Headers()
    await signRequest({ method: 'GET', targetUri: 'https://pay.test/', headers }, 'key_1', signer)
    inputs.push(headers.get('signature-input') ?? '')
  }
  const nonces = inputs.map((input) => /nonce="([^"]{24})"/.exec(input)?.[1])
  expect(nonces[0]).toBeDefined()
  expect(nonces[0]).not.toBe(nonces[1])
  const created = Number(/created=(\d+)/.exec(inputs[0] ?? '')?.[1])
  expect(Math.abs(created - Date.now() / 1000)).toBeLessThan(5)
})
