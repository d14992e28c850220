import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { bills, fakeFetch } from '../../test/support/fake-fetch.js'
import { isSignedByPlatform } from './response-signature.js'
import { contentDigest } from './signing.js'
import { importPublicKey } from './verification-keys.js'

const platform = generateKeyPairSync('ed25519')
const pem = platform.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const key = await importPublicKey(pem)
const keys = {
  prepare: async () => {},
  find: async (keyId: string) => (keyId === 'p1' ? [key] : []),
}
const request = { method: 'POST', targetUri: 'https://pay.test/v1/bills' }

async function signed(
  status: number,
  body: string,
  key: KeyObject = platform.privateKey,
  keyId = 'p1',
) {
  const digest = await contentDigest(new TextEncoder().encode(body))
  const params =
    '("@status" "content-digest" "@method";req "@target-uri";req)' +
    `;created=${Math.floor(Date.now() / 1000)};keyid="${keyId}";alg="ed25519";tag="bursar-response"`
  const base =
    `"@status": ${status}\n"content-digest": ${digest}\n"@method";req: ${request.method}\n` +
    `"@target-uri";req: ${request.targetUri}\n"@signature-params": ${params}`
  const signature = sign(null, Buffer.from(base), key).toString('base64')
  const headers = new Headers({
    'content-digest': digest,
    'signature-input': `bursar=${params}`,
    signature: `bursar=:${signature}:`,
  })
  return { status, headers, body }
}

const toResponse = ({ status, headers, body }: Awaited<ReturnType<typeof signed>>) =>
  new Response(body, { status, headers })

describe('a signed answer', () => {
  test('is believed', async () => {
    expect(await isSignedByPlatform(request, await signed(201, '{}'), keys)).toBe(true)
  })

  test('is not, when status, body, request or signer differ', async () => {
    const answer = await signed(201, '{}')
    const check = isSignedByPlatform
    expect(await check(request, { ...answer, status: 200 }, keys)).toBe(false)
    expect(await check(request, { ...answer, body: '{"a":1}' }, keys)).toBe(false)
    expect(await check({ ...request, method: 'PUT' }, answer, keys)).toBe(false)
    expect(await check({ ...request, targetUri: 'https://pay.test/x' }, answer, keys)).toBe(false)
    const stranger = await signed(201, '{}', generateKeyPairSync('ed25519').privateKey)
    expect(await check(request, stranger, keys)).toBe(false)
    const otherKey = await signed(201, '{}', platform.privateKey, 'p2')
    expect(await check(request, otherKey, keys)).toBe(false)
    expect(await check(request, { ...answer, headers: new Headers() }, keys)).toBe(false)
  })

  test('is not, when it is older than five minutes or from the future', async () => {
    const answer = await signed(201, '{}')
    const now = Date.now() / 1000
    expect(await isSignedByPlatform(request, answer, keys, now + 302)).toBe(false)
    expect(await isSignedByPlatform(request, answer, keys, now - 62)).toBe(false)
  })
})

describe('a client that has the keys of the platform', () => {
  const config = { maxRetries: 0, platformKeys: keys }

  test('takes a signed answer to a write', async () => {
    const { fetch } = fakeFetch(toResponse(await signed(201, '{"id":"bill_1"}')))
    expect(await bills(fetch, config).create({})).toEqual({ id: 'bill_1' })
  })

  test('does not take an unsigned one, and calls its outcome unknown', async () => {
    const { fetch } = fakeFetch(new Response('{"id":"bill_1"}', { status: 201 }))
    await expect(bills(fetch, config).create({})).rejects.toMatchObject({
      code: 'response_signature_invalid',
      outcome: 'unknown',
    })
  })

  test('believes a refusal only when it is signed', async () => {
    const body = '{"code":"bill_conflict","outcome":"failed"}'
    const forged = bills(fakeFetch(new Response(body, { status: 409 })).fetch, config).create({})
    await expect(forged).rejects.toMatchObject({ code: 'http_409', outcome: 'unknown' })
    const genuine = bills(fakeFetch(toResponse(await signed(409, body))).fetch, config).create({})
    await expect(genuine).rejects.toMatchObject({ code: 'bill_conflict', outcome: 'failed' })
  })

  test('reads without signatures', async () => {
    const { fetch } = fakeFetch(new Response('{"id":"bill_1"}'))
    expect(await bills(fetch, config).get('bill_1')).toEqual({ id: 'bill_1' })
  })
})
