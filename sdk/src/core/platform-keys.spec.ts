import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { bills, fakeFetch, json, networkError, problem } from '../../test/support/fake-fetch.js'
import { Bursar } from '../client.js'
import { PublishedKeys } from './platform-keys.js'
import { contentDigest } from './signing.js'

const keyPair = (kid: string) => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid } }
}
const older = keyPair('p1')
const newer = keyPair('p2')
const rsa = { kty: 'RSA', kid: 'for-tokens', n: 'AQAB', e: 'AQAB' }
const jwks = (...keys: object[]) => json({ keys })
const url = 'https://pay.test/.well-known/jwks.json'

/** A clock that the test moves. */
function published(...steps: Parameters<typeof fakeFetch>) {
  const { fetch, sent } = fakeFetch(...steps)
  const clock = { nowMs: 0 }
  const nowMs = () => clock.nowMs
  const options = { baseUrl: 'https://pay.test', timeoutMs: 1_000, fetch, nowMs }
  return { keys: new PublishedKeys(options), sent, clock, fetch }
}

describe('the published keys of the platform', () => {
  test('are fetched once for many calls, at the same time and later', async () => {
    const { keys, sent } = published(jwks(older.jwk, rsa))
    await Promise.all([keys.prepare(), keys.prepare()])
    await keys.prepare()
    expect(await keys.find('p1')).toHaveLength(1)
    expect(sent.map((request) => request.url)).toEqual([url])
  })

  test('a key for something else is not among them', async () => {
    const all = () =>
      jwks({ ...older.jwk, purpose: 'response' }, { ...newer.jwk, purpose: 'webhook' }, rsa)
    const { keys } = published(all(), all())
    await keys.prepare()
    expect(await keys.find('p1')).toHaveLength(1)
    expect(await keys.find('p2')).toEqual([])
    expect(await keys.find('for-tokens')).toEqual([])
  })

  test('are fetched again for a key that is new', async () => {
    const { keys, sent } = published(jwks(older.jwk), jwks(newer.jwk, older.jwk))
    await keys.prepare()
    expect(await keys.find('p2')).toHaveLength(1)
    expect(await keys.find('p1')).toHaveLength(1)
    expect(sent).toHaveLength(2)
  })

  test('are not fetched for every stranger, but once in 30 seconds', async () => {
    const { keys, sent, clock } = published(jwks(older.jwk), jwks(older.jwk), jwks(newer.jwk))
    await keys.prepare()
    for (const stranger of ['x', 'y', 'z']) expect(await keys.find(stranger)).toEqual([])
    expect(sent).toHaveLength(2)
    clock.nowMs = 30_000
    expect(await keys.find('p2')).toHaveLength(1)
    expect(sent).toHaveLength(3)
  })

  test('a key that is no longer published is forgotten within ten minutes', async () => {
    const { keys, clock } = published(jwks(older.jwk), jwks(newer.jwk))
    await keys.prepare()
    clock.nowMs = 599_999
    await keys.prepare()
    expect(await keys.find('p1')).toHaveLength(1)
    clock.nowMs = 600_000
    await keys.prepare()
    expect(await keys.find('p1')).toEqual([])
  })

  test('that cannot be fetched leave an answer unbelieved, and nothing else happens', async () => {
    const { keys } = published(jwks(older.jwk), networkError('ECONNRESET'))
    await keys.prepare()
    expect(await keys.find('p2')).toEqual([])
  })
})

async function signedAnswer(status: number, body: string, key: typeof older, target: string) {
  const digest = await contentDigest(new TextEncoder().encode(body))
  const params =
    '("@status" "content-digest" "@method";req "@target-uri";req)' +
    `;created=${Math.floor(Date.now() / 1000)};keyid="${key.kid}";tag="bursar-response"`
  const base =
    `"@status": ${status}\n"content-digest": ${digest}\n"@method";req: POST\n` +
    `"@target-uri";req: ${target}\n"@signature-params": ${params}`
  const signature = sign(null, Buffer.from(base), key.privateKey).toString('base64')
  const headers = {
    'content-digest': digest,
    'signature-input': `bursar=${params}`,
    signature: `bursar=:${signature}:`,
  }
  return new Response(body, { status, headers })
}

describe('a client, without further settings,', () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const target = 'https://pay.test/v1/x'
  const client = (fetch: typeof globalThis.fetch) =>
    new Bursar({
      keyId: 'key_1',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      baseUrl: 'https://pay.test',
      maxRetries: 0,
      fetch,
    })
  const write = { method: 'POST', path: '/v1/x' } as const

  test('believes answers of the published key, through a rotation, and no others', async () => {
    const { fetch, sent } = fakeFetch(
      jwks(older.jwk),
      await signedAnswer(201, '{"id":"1"}', older, target),
      await signedAnswer(201, '{"id":"2"}', newer, target),
      jwks(newer.jwk, older.jwk),
      await signedAnswer(201, '{"id":"3"}', keyPair('p3'), target),
    )
    const bursar = client(fetch)
    expect(await bursar.request(write)).toEqual({ id: '1' })
    expect(await bursar.request(write)).toEqual({ id: '2' })
    await expect(bursar.request(write)).rejects.toMatchObject({
      code: 'response_signature_invalid',
      outcome: 'unknown',
    })
    expect(sent.map((request) => request.method)).toEqual(['GET', 'POST', 'POST', 'GET', 'POST'])
  })

  test('believes a signed refusal, and shows what the platform says about the signature', async () => {
    const body = JSON.stringify({
      code: 'signature_invalid',
      detail: 'The signature does not verify.',
      signature_debug: {
        first_difference: {
          offset: 16,
          line: 2,
          component: '@target-uri',
          expected: '/v1/x',
          received: '/v1/x?a=1',
        },
      },
    })
    const { fetch } = fakeFetch(jwks(older.jwk), await signedAnswer(401, body, older, target))
    await expect(client(fetch).request(write)).rejects.toThrow(
      'signature_invalid: The signature does not verify. The signature base differs from byte 16 on ' +
        '(line 2, @target-uri): the platform built …"/v1/x"…, you signed …"/v1/x?a=1"….',
    )
  })

  test('sends nothing while the keys are not to be had, and says that nothing happened', async () => {
    for (const failure of [networkError('ECONNRESET'), problem(503), new Response('<html>')]) {
      const { fetch, sent } = fakeFetch(failure)
      await expect(client(fetch).request(write)).rejects.toMatchObject({
        code: 'platform_keys_unavailable',
        outcome: 'failed',
        retryable: true,
      })
      expect(sent).toHaveLength(1)
    }
  })

  test('does not ask for keys in order to read', async () => {
    const { fetch, sent } = fakeFetch(json({ id: 'bill_1' }))
    await client(fetch).bills.get('bill_1')
    expect(sent).toHaveLength(1)
  })
})

test('after a try that may have arrived, missing keys leave the outcome unknown', async () => {
  const { keys, clock, fetch } = published(
    jwks(older.jwk),
    async () => {
      clock.nowMs = 600_000
      throw networkError('ECONNRESET')
    },
    networkError('ECONNREFUSED'),
  )
  const call = bills(fetch, { platformKeys: keys, maxRetries: 1 }).create({})
  await expect(call).rejects.toMatchObject({
    code: 'platform_keys_unavailable',
    outcome: 'unknown',
  })
})
