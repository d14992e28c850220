import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import {
  describeForeign,
  describeRead,
  describeWrite,
  expectProblem,
} from '../support/endpoint-contract.js'
import { openApp, type TestApp } from '../support/platform.js'
import { addKey, openStage } from '../support/stage.js'
import { until } from '../support/until.js'
import { openReceiver } from '../support/webhook-receiver.js'

const stage = openStage()
const path = (id: string) => `/v1/keys/${id}`
const DAY_MS = 86_400_000

function newPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }) },
    public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const keyBody = () => ({ public_key: newPair().public_key })

/** An app has at most fifty usable keys: a test that makes one takes it away before it makes the next. */
async function newKey(changes: object = {}) {
  const { data } = await stage.own.bursar.keys.list({ limit: 100, status: 'active' })
  const others = data.filter(({ id }) => id !== stage.own.key_id)
  for (const { id } of others.slice(20)) await stage.own.bursar.keys.revoke(id)
  return stage.own.bursar.keys.create({ ...keyBody(), ...changes })
}
const id = async () => (await newKey()).id

/** The same app, signing with another key. */
async function withKey(changes: object = {}): Promise<TestApp> {
  const { public_key, private_key } = newPair()
  const key = await newKey({ ...changes, public_key })
  return openApp({ ...stage.own, key_id: key.id, private_key })
}

describe('POST /v1/keys', () => {
  describeWrite(stage, {
    path: () => '/v1/keys',
    body: keyBody,
    status: 201,
    invalid: {
      body: { ...keyBody(), allowed_ips: ['10.0.0.1/8'] },
      code: 'field_value_invalid',
      pointer: '/allowed_ips/0',
    },
  })

  test('registers a key that signs from then on', async () => {
    const app = await withKey({ name: '退费服务器', metadata: { host: 'a1' } })
    expect(await app.bursar.keys.get(app.key_id)).toMatchObject({
      object: 'key',
      livemode: false,
      name: '退费服务器',
      algorithm: 'ed25519',
      status: 'active',
      metadata: { host: 'a1' },
    })
  })

  test('takes a JWK, and shows it as PEM', async () => {
    const { jwk, public_key } = newPair()
    const answer = await stage.own.send({ path: '/v1/keys', body: { public_key: jwk } })
    expect([answer.status, answer.json.public_key]).toEqual([201, public_key])
  })

  test('refuses private keys, and repeats nothing of them', async () => {
    const { private_key } = newPair()
    const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
    for (const public_key of [private_key, { ...jwk }]) {
      const answer = await stage.own.send({ path: '/v1/keys', body: { public_key } })
      expectProblem(answer, 400, 'api_key_private')
      expect(answer.text).not.toContain(private_key.split('\n')[1])
      expect(answer.text).not.toContain(String(jwk.d))
    }
  })

  test.each([
    ['words', 'my key', 'api_key_unusable'],
    ['a number', 5, 'field_value_invalid'],
    ['a key that is too long', 'A'.repeat(16_385), 'field_out_of_range'],
  ])('refuses %s as a key', async (_, public_key, code) => {
    const answer = await stage.own.send({ path: '/v1/keys', body: { public_key } })
    expectProblem(answer, 400, code)
    expect(answer.json.errors[0].pointer).toBe('/public_key')
  })

  test.each([
    [{ scopes: ['bills:fly'] }, 'field_value_invalid'],
    [{ scopes: [] }, 'field_out_of_range'],
    [{ scopes: ['bills:read', 'bills:read'] }, 'field_value_invalid'],
    [{ allowed_ips: Array(51).fill('::1') }, 'field_out_of_range'],
    [{ not_after: '2020-01-01T00:00:00Z' }, 'api_key_period_invalid'],
    [{ not_after: 'tomorrow' }, 'field_format_invalid'],
    [{ livemode: true }, 'field_unknown'],
  ])('refuses %j', async (change, code) => {
    const body = { ...keyBody(), ...change }
    expectProblem(await stage.own.send({ path: '/v1/keys', body }), 400, code)
  })

  test('refuses a key that may do more than the one that asks', async () => {
    const app = await withKey({ scopes: ['keys:write', 'keys:read'] })
    const body = { ...keyBody(), scopes: ['keys:read', 'refunds:write'] }
    expectProblem(await app.send({ path: '/v1/keys', body }), 403, 'api_key_too_powerful')
    const made = await app.send({ path: '/v1/keys', body: keyBody() })
    expect(made.json.scopes.toSorted()).toEqual(['keys:read', 'keys:write'])
  })

  test('refuses a public key that is registered already', async () => {
    const body = keyBody()
    expect((await stage.own.send({ path: '/v1/keys', body })).status).toBe(201)
    expectProblem(await stage.own.send({ path: '/v1/keys', body }), 409, 'api_key_conflict')
  })

  test('makes live keys with a live key only, and neither mode sees the other', async () => {
    const live = openApp({ ...stage.own, ...(await addKey(stage.own, '--live')) })
    const made = await live.bursar.keys.create(keyBody())
    expect(made.livemode).toBe(true)
    const test = await newKey()
    expectProblem(await stage.own.send({ path: path(made.id) }), 404, 'api_key_not_found')
    expectProblem(await live.send({ path: path(test.id) }), 404, 'api_key_not_found')
    const { data } = await live.bursar.keys.list()
    expect(data.map((key) => key.id)).toEqual([made.id, live.key_id])
  }, 30_000)
})

describe('GET /v1/keys', () => {
  describeRead(stage, { path: () => '/v1/keys' })

  test('lists the keys of this app only, by status if asked', async () => {
    const key = await newKey({ not_before: new Date(Date.now() + DAY_MS).toISOString() })
    const pending = await stage.own.bursar.keys.list({ status: 'pending' })
    expect(pending.data[0]).toEqual(key)
    const theirs = await stage.neighbour.bursar.keys.list({ limit: 100 })
    expect(theirs.data.map((one) => one.id)).not.toContain(key.id)
    expectProblem(
      await stage.own.send({ path: '/v1/keys?status=asleep' }),
      400,
      'field_value_invalid',
    )
  })
})

describe('GET /v1/keys/{id}', () => {
  describeRead(stage, { path: async () => path(await id()) })
  describeForeign(stage, { method: 'GET', path, id, code: 'api_key_not_found' })

  test('tells when the key was last used, within seconds', async () => {
    const app = await withKey()
    const calledAtMs = Date.now()
    await app.bursar.payments.list()
    const { last_used_at } = await until(
      () => stage.own.bursar.keys.get(app.key_id),
      (key) => key.last_used_at !== null,
      10_000,
    )
    expect(Math.abs(new Date(last_used_at ?? 0).getTime() - calledAtMs)).toBeLessThan(5_000)
  }, 20_000)
})

describe('POST /v1/keys/{id}', () => {
  describeWrite(stage, {
    path: async () => path(await id()),
    body: () => ({ name: '财务处', allowed_ips: ['2001:db8::/32'] }),
    status: 200,
    invalid: { body: { name: '' }, code: 'field_out_of_range', pointer: '/name' },
  })
  describeForeign(stage, {
    method: 'POST',
    path,
    id,
    body: { name: 'mine' },
    code: 'api_key_not_found',
  })

  test('narrows a key for good', async () => {
    const key = await newKey({ scopes: ['bills:read', 'bills:write'] })
    const narrow = await stage.own.bursar.keys.update(key.id, { scopes: ['bills:read'] })
    expect(narrow).toEqual({ ...key, scopes: ['bills:read'] })
    const body = { scopes: ['bills:read', 'bills:write'] }
    const answer = await stage.own.send({ path: path(key.id), body })
    expectProblem(answer, 403, 'api_key_too_powerful')
  })
})

describe('POST /v1/keys/{id}/rotate', () => {
  const rotate = (one: string) => `${path(one)}/rotate`
  describeWrite(stage, {
    path: async () => rotate(await id()),
    body: keyBody,
    status: 201,
    invalid: {
      body: { ...keyBody(), overlap_seconds: -1 },
      code: 'field_out_of_range',
      pointer: '/overlap_seconds',
    },
  })
  describeForeign(stage, {
    method: 'POST',
    path: rotate,
    id,
    body: keyBody(),
    code: 'api_key_not_found',
  })

  test('lets both keys sign during the overlap, and only the new one after it', async () => {
    const app = await withKey()
    const { public_key, private_key } = newPair()
    const made = await app.bursar.keys.rotate(app.key_id, { public_key, overlap_seconds: 8 })
    const successor = openApp({ ...app, key_id: made.id, private_key })
    const old = await app.bursar.keys.get(app.key_id)
    expect(old.replaced_by).toBe(made.id)
    expect((await successor.send({ path: '/v1/payments' })).status).toBe(200)
    const refused = await until(
      () => app.send({ path: '/v1/payments' }),
      ({ status }) => status !== 200,
      8_000 + 5_000,
    )
    expectProblem(refused, 401, 'key_expired')
    expect(Date.now()).toBeGreaterThanOrEqual(new Date(old.not_after ?? 0).getTime())
    expect((await successor.send({ path: '/v1/payments' })).status).toBe(200)
    const answer = await successor.send({ path: rotate(app.key_id), body: keyBody() })
    expectProblem(answer, 409, 'api_key_inactive')
  }, 30_000)

  test('does not hand the powers of a key to one that has less', async () => {
    const app = await withKey({ scopes: ['keys:write'] })
    const answer = await app.send({ path: rotate(stage.own.key_id), body: keyBody() })
    expectProblem(answer, 403, 'api_key_too_powerful')
  })
})

describe('POST /v1/keys/{id}/revoke', () => {
  const revoke = (one: string) => `${path(one)}/revoke`
  describeWrite(stage, { path: async () => revoke(await id()), status: 200 })
  describeForeign(stage, { method: 'POST', path: revoke, id, code: 'api_key_not_found' })

  test('is final', async () => {
    const app = await withKey()
    const key = await stage.own.bursar.keys.revoke(app.key_id)
    expect(key).toMatchObject({ status: 'revoked', revoked_at: expect.any(String) })
    const again = await stage.own.bursar.keys.revoke(app.key_id)
    expect(again.revoked_at).toBe(key.revoked_at)
    const update = await stage.own.send({ path: path(key.id), body: { name: 'back' } })
    expectProblem(update, 409, 'api_key_inactive')
  })
})

describe('a list of addresses', () => {
  test('lets a key call from there, and from nowhere else', async () => {
    const loopback = ['127.0.0.0/8', '::1']
    const near = await withKey({ allowed_ips: loopback })
    expect((await near.send({ path: '/v1/payments' })).status).toBe(200)
    const far = await withKey({ allowed_ips: ['192.0.2.0/24'] })
    expectProblem(await far.send({ path: '/v1/payments' }), 403, 'key_address_refused')
    const body = { out_trade_no: 'never', amount: 1, subject: 'x' }
    const refused = await far.send({ path: '/v1/payments', body })
    expectProblem(refused, 403, 'key_address_refused')
  })

  test('is not opened by a header that anybody can write', async () => {
    const far = await withKey({ allowed_ips: ['192.0.2.0/24'] })
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'cf-connecting-ip']) {
      const headers = { [name]: name === 'forwarded' ? 'for=192.0.2.1' : '192.0.2.1' }
      const answer = await far.send({ path: '/v1/payments', headers })
      expectProblem(answer, 403, 'key_address_refused')
    }
  })

  test('says nothing to somebody who cannot sign', async () => {
    const far = await withKey({ allowed_ips: ['192.0.2.0/24'] })
    const thief = openApp({ ...far, private_key: stage.neighbour.private_key })
    expectProblem(await thief.send({ path: '/v1/payments' }), 401, 'signature_invalid')
  })
})

describe('a key that expires soon', () => {
  const receiver = openReceiver(() => stage.own)

  test('is told of by an event and a webhook', async () => {
    const key = await newKey({ not_after: new Date(Date.now() + 2 * DAY_MS).toISOString() })
    const told = await until(
      async () => {
        const { data } = await stage.own.bursar.events.list({ type: 'key.expiring', limit: 100 })
        return data.map((event) => event.data.object)
      },
      (objects) => objects.some((object) => object.id === key.id),
      25_000,
    )
    expect(told).toContainEqual(key)
    expect(await receiver.typesOf(key.id, 1)).toEqual(['key.expiring'])
  }, 60_000)
})
