import { describe, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { Database } from '../../src/infra/database/database.js'
import { apiBase, bursarCommand, platformSettings } from '../support/bursar-command.js'
import { paymentBody } from '../support/fixtures.js'
import { createClient, ProofKey, postForm, read } from '../support/oauth-client.js'
import { until } from '../support/until.js'

describe('an access token', () => {
  test.each(['es256', 'ps256', 'eddsa', undefined] as const)(
    'is issued for an assertion of a key made for %s, and is enough to read',
    async (clientKey) => {
      const client = await createClient(clientKey ? { clientKey } : {})
      const { status, headers, json } = await client.token()
      expect({ status, json }).toMatchObject({
        status: 200,
        json: { token_type: 'Bearer', expires_in: 300 },
      })
      expect(headers.get('cache-control')).toBe('no-store')
      const payment = await client.app.bursar.payments.create(paymentBody({ channel: 'wechatpay' }))
      const answer = await read(`/v1/payments/${payment.id}`, `Bearer ${json.access_token}`)
      expect(answer.status).toBe(200)
      expect(answer.json.id).toBe(payment.id)
    },
  )

  test('is an RFC 9068 token that says who, for what, in which mode and for how long', async () => {
    const client = await createClient({
      clientKey: 'es256',
      scopes: ['bills:read', 'payments:read'],
    })
    const { app_id, institution_id, issuer, client_key_id } = client.credentials
    const token = await client.accessToken()
    expect(decodeProtectedHeader(token)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: expect.any(String),
    })
    const claims = decodeJwt(token)
    expect(claims).toEqual({
      iss: issuer,
      sub: app_id,
      aud: `${issuer}/v1`,
      client_id: app_id,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 300,
      scope: 'bills:read payments:read',
      livemode: false,
      institution_id,
      app_id,
      key_id: client_key_id,
    })
  })

  test('may be asked for without naming the key, when only one of the keys fits', async () => {
    const client = await createClient({ clientKey: 'es256' })
    const client_assertion = await client.assertion({ header: { kid: undefined } })
    const { access_token } = (await client.token({ client_assertion })).json
    expect(decodeJwt(access_token).key_id).toBe(client.credentials.client_key_id)
  })

  test('has the scopes that were asked for, and no write, whatever they are', async () => {
    const client = await createClient({ scopes: ['bills:read', 'payments:read', 'payments:write'] })
    const { json } = await client.token({ scope: 'payments:read payments:write' })
    expect(json.scope).toBe('payments:read payments:write')
    const bills = await read('/v1/bills', `Bearer ${json.access_token}`)
    expect(bills).toMatchObject({ status: 403, json: { code: 'scope_missing' } })
    expect(bills.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", scope="bills:read"',
    )
    const answer = await client.app.send({
      signed: false,
      path: '/v1/payments',
      body: paymentBody({ channel: 'wechatpay' }),
      headers: { authorization: `Bearer ${json.access_token}` },
    })
    expect(answer).toMatchObject({ status: 403, json: { code: 'signature_required' } })
  })
})

describe('a write', () => {
  test('may bring a token that its signature covers', async () => {
    const client = await createClient()
    const authorization = `Bearer ${await client.accessToken()}`
    const answer = await client.app.send({
      path: '/v1/payments',
      body: paymentBody({ channel: 'wechatpay' }),
      headers: { authorization },
    })
    expect(answer.status).toBe(201)
  })

  test('may not bring a token of another app', async () => {
    const [mine, theirs] = await Promise.all([createClient(), createClient()])
    const authorization = `Bearer ${await theirs.accessToken()}`
    const answer = await mine.app.send({
      path: '/v1/payments',
      body: paymentBody({ channel: 'wechatpay' }),
      headers: { authorization },
    })
    expect(answer).toMatchObject({ status: 401, json: { code: 'credentials_mismatch' } })
  })

  test('may do only what both its key and its token may', async () => {
    const client = await createClient()
    const authorization = `Bearer ${await client.accessToken({ scope: 'payments:read' })}`
    const answer = await client.app.send({
      path: '/v1/payments',
      body: paymentBody({ channel: 'wechatpay' }),
      headers: { authorization },
    })
    expect(answer).toMatchObject({ status: 403, json: { code: 'scope_missing' } })
  })

  test('is refused when its signature does not cover the token it brings', async () => {
    const client = await createClient()
    const token = await client.accessToken()
    const answer = await client.app.send({
      path: '/v1/payments',
      body: paymentBody({ channel: 'wechatpay' }),
      tamper: (headers) => {
        headers.authorization = `Bearer ${token}`
      },
    })
    expect(answer).toMatchObject({ status: 401, json: { code: 'signature_component_missing' } })
  })
})

describe('the resource indicator', () => {
  test.each(['', '/', '/v1'])('may be the public origin followed by "%s"', async (path) => {
    const client = await createClient()
    const token = await client.accessToken({ resource: `${apiBase()}${path}` })
    expect(decodeJwt(token).aud).toBe(`${apiBase()}/v1`)
  })

  test.each(['https://elsewhere.example/v1', 'not a uri', 'urn:x#fragment'])(
    'may not be %s',
    async (resource) => {
      const client = await createClient()
      expect(await client.token({ resource })).toMatchObject({
        status: 400,
        json: { error: 'invalid_target' },
      })
    },
  )
})

describe('introspection and revocation', () => {
  test('say what a token is, until it is revoked, and then the API refuses it within 5 s', async () => {
    const client = await createClient({ scopes: ['payments:read'] })
    const token = await client.accessToken()
    expect((await client.post('/oauth2/introspect', { token })).json).toMatchObject({
      active: true,
      client_id: client.credentials.app_id,
      token_type: 'Bearer',
      scope: 'payments:read',
      livemode: false,
      aud: `${apiBase()}/v1`,
      iss: apiBase(),
    })
    expect((await read('/v1/payments', `Bearer ${token}`)).status).toBe(200)
    const revoked = await client.post('/oauth2/revoke', { token, token_type_hint: 'access_token' })
    expect(revoked.status).toBe(200)
    expect((await client.post('/oauth2/introspect', { token })).json).toEqual({ active: false })
    const refused = await read('/v1/payments', `Bearer ${token}`)
    expect(refused).toMatchObject({ status: 401, json: { code: 'token_revoked' } })
    expect(refused.headers.get('www-authenticate')).toContain('Bearer error="invalid_token"')
    // Again, and what is no token at all: nothing to do is no error (RFC 7009 section 2.2).
    expect((await client.post('/oauth2/revoke', { token })).status).toBe(200)
    expect((await client.post('/oauth2/revoke', { token: 'nothing' })).status).toBe(200)
  })

  test('tell a client nothing about the tokens of another, and let it end none', async () => {
    const [mine, theirs] = await Promise.all([createClient(), createClient()])
    const token = await theirs.accessToken()
    expect((await mine.post('/oauth2/introspect', { token })).json).toEqual({ active: false })
    expect(await mine.post('/oauth2/revoke', { token })).toMatchObject({
      status: 400,
      json: { error: 'invalid_request' },
    })
    expect((await read('/v1/payments', `Bearer ${token}`)).status).toBe(200)
  })

  test('know a bound token as bound', async () => {
    const client = await createClient()
    const proofKey = new ProofKey()
    const url = `${apiBase()}/oauth2/token`
    const token = await client.accessToken({}, { dpop: await proofKey.proof('POST', url) })
    expect((await client.post('/oauth2/introspect', { token })).json).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: expect.any(String) },
    })
  })

  test.each(['/oauth2/introspect', '/oauth2/revoke'])('%s answers no stranger', async (path) => {
    const answer = await postForm(path, new URLSearchParams({ token: 'x' }))
    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_request' } })
  })
})

describe('a rotation of the key that signs tokens', () => {
  test('lets nobody notice: tokens of both keys are good, and the JWKS has both', async () => {
    const client = await createClient({ scopes: ['payments:read'] })
    const old = await client.accessToken()
    const { keys } = await bursarCommand<{ keys: { kid: string; signs_from: string }[] }>(
      ...['platform-keys', 'rotate', '--purpose', 'token'],
    )
    const [next] = keys
    expect(keys.map(({ kid }) => kid)).toContain(decodeProtectedHeader(old).kid)
    expect(Date.parse(next?.signs_from ?? '') - Date.now()).toBeGreaterThan(9 * 60_000)
    const published = () =>
      fetch(`${apiBase()}/.well-known/jwks.json`).then(
        async (response) => new Set(keysOf(await response.json())),
      )
    await until(published, (kids) => keys.every(({ kid }) => kids.has(kid)), 8_000)
    expect(decodeProtectedHeader(await client.accessToken()).kid).not.toBe(next?.kid)

    // Ten minutes later.
    const database = new Database(platformSettings().DATABASE_URL, { connectionsMax: 1 })
    await database.query('update platform_keys set signs_from = now() where id = $1', [next?.kid])
    await database.close()
    const fresh = await until(
      () => client.accessToken(),
      (token) => decodeProtectedHeader(token).kid === next?.kid,
      8_000,
    )
    for (const token of [old, fresh]) {
      expect((await read('/v1/payments', `Bearer ${token}`)).status).toBe(200)
    }
  })
})

function keysOf(jwks: unknown): string[] {
  return (jwks as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
}
