import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { apiBase } from '../support/bursar-command.js'
import { expectProblem } from '../support/endpoint-contract.js'
import { OwnApi } from '../support/own-api.js'
import { createApp, type TestApp } from '../support/platform.js'
import { prepareRequest, type RawRequest, type Signer, transmit } from '../support/raw-request.js'
import { pause } from '../support/until.js'

const EVERYWHERE_WITHIN_MS = 5_000

/** Two more processes on the database of the platform; the second stands behind a proxy on this machine. */
let plain: OwnApi
let proxied: OwnApi
let app: TestApp
beforeAll(async () => {
  ;[plain, proxied, app] = await Promise.all([
    OwnApi.start({}),
    OwnApi.start({ TRUSTED_PROXIES: '127.0.0.0/8, ::1, 10.0.0.0/8' }),
    createApp(),
  ])
}, 60_000)
afterAll(() => Promise.all([plain.stop(), proxied.stop()]))

/** A key of the app that nothing else uses. */
async function newKey(changes: object = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const public_key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const key = await app.bursar.keys.create({ public_key, ...changes })
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { id: key.id, privateKey: privatePem }
}

const ask = (
  origin: string,
  key: { id: string; privateKey: string },
  request: Partial<RawRequest> = {},
) => {
  const signer: Signer = { apiBase: origin, keyId: key.id, privateKey: key.privateKey }
  return transmit(prepareRequest(signer, { path: '/v1/payments', ...request }))
}

/** Keeps all processes busy with the key, and tells when each of them answered with the status for good. */
async function followed(key: { id: string; privateKey: string }, status: number) {
  const startedAtMs = Date.now()
  const since = new Map<string, number>()
  while (since.size < 3 && Date.now() - startedAtMs < 2 * EVERYWHERE_WITHIN_MS) {
    for (const origin of [apiBase(), plain.origin, proxied.origin]) {
      const answer = await ask(origin, key)
      if (answer.status === status && !since.has(origin)) {
        since.set(origin, Date.now() - startedAtMs)
      }
      if (since.has(origin)) expect(answer.status).toBe(status)
    }
    await pause(50)
  }
  return [...since.values()]
}

describe('what is done to a key at one process', () => {
  test('is in force at all of them within 5 seconds: a revocation', async () => {
    const key = await newKey()
    for (const origin of [apiBase(), plain.origin, proxied.origin]) {
      expect((await ask(origin, key)).status).toBe(200)
    }
    await app.bursar.keys.revoke(key.id)
    const times = await followed(key, 401)
    expect(times).toHaveLength(3)
    expect(Math.max(...times)).toBeLessThan(EVERYWHERE_WITHIN_MS)
    expectProblem(await ask(plain.origin, key), 401, 'key_revoked')
  }, 30_000)

  test('is in force at all of them within 5 seconds: a list of addresses', async () => {
    const key = await newKey()
    for (const origin of [apiBase(), plain.origin, proxied.origin]) {
      expect((await ask(origin, key)).status).toBe(200)
    }
    await app.bursar.keys.update(key.id, { allowed_ips: ['192.0.2.0/24'] })
    const times = await followed(key, 403)
    expect(times).toHaveLength(3)
    expect(Math.max(...times)).toBeLessThan(EVERYWHERE_WITHIN_MS)
  }, 30_000)
})

describe('the address of a caller behind a trusted proxy', () => {
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })

  test('is what the proxy says', async () => {
    const key = await newKey({ allowed_ips: ['192.0.2.0/24', '2001:db8::/32'] })
    for (const address of ['192.0.2.7', '2001:db8::7', '192.0.2.7, 10.1.1.1']) {
      expect((await ask(proxied.origin, key, from(address))).status).toBe(200)
    }
    for (const address of ['198.51.100.7', '2001:db9::7', 'unknown', '192.0.2.7:443', '']) {
      const answer = await ask(proxied.origin, key, from(address))
      expectProblem(answer, 403, 'key_address_refused')
    }
    expectProblem(await ask(proxied.origin, key), 403, 'key_address_refused')
  })

  test('is not what the caller wrote before the request came to the proxy', async () => {
    const key = await newKey({ allowed_ips: ['192.0.2.0/24'] })
    for (const address of ['192.0.2.7, 198.51.100.7', '192.0.2.7, garbage']) {
      const answer = await ask(proxied.origin, key, from(address))
      expectProblem(answer, 403, 'key_address_refused')
    }
  })

  test('is the socket’s where no proxy is trusted', async () => {
    const key = await newKey({ allowed_ips: ['192.0.2.0/24'] })
    const answer = await ask(plain.origin, key, from('192.0.2.7'))
    expectProblem(answer, 403, 'key_address_refused')
  })
})
