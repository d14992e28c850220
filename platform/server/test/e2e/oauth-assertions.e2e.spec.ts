import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import { apiBase, bursarCommand } from '../support/bursar-command.js'
import {
  type AssertionChanges,
  createClient,
  type OauthClient,
  ProofKey,
  postForm,
} from '../support/oauth-client.js'
import { addKey } from '../support/stage.js'
import { until } from '../support/until.js'

let client: OauthClient
let stranger: OauthClient
beforeAll(async () => {
  client = await createClient({
    clientKey: 'es256',
    scopes: ['bills:read', 'payments:read', 'bills:read:own'],
  })
  stranger = await createClient()
}, 60_000)

const nowSeconds = () => Math.floor(Date.now() / 1000)
const foreignKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** What each mistake changes in an assertion that is otherwise right. */
const MISTAKES: Record<string, () => AssertionChanges> = {
  'another key signed it': () => ({ key: foreignKey.privateKey }),
  'another key signed it, and it names none': () => ({
    key: foreignKey.privateKey,
    header: { kid: undefined },
  }),
  'it names a key of another app': () => ({ header: { kid: stranger.keyId } }),
  'another app signed it with its own key': () => ({
    key: stranger.privateKey,
    header: { alg: 'EdDSA', kid: stranger.keyId },
  }),
  'it names a key that does not exist': () => ({ header: { kid: 'key_none' } }),
  'it brings its key in jwk': () => ({
    key: foreignKey.privateKey,
    header: { kid: undefined, jwk: foreignKey.publicKey.export({ format: 'jwk' }) },
  }),
  'it says in jku where its key is': () => ({ header: { jku: 'https://evil.example/jwks.json' } }),
  'it says in x5u where its certificate is': () => ({ header: { x5u: 'https://evil.example/c' } }),
  'it is of another type': () => ({ header: { typ: 'at+jwt' } }),
  'the audience is a list': () => ({ claims: { aud: [client.credentials.issuer] } }),
  'the audience is the token endpoint': () => ({ claims: { aud: `${apiBase()}/oauth2/token` } }),
  'the audience has a slash more': () => ({ claims: { aud: `${client.credentials.issuer}/` } }),
  'the audience is another server': () => ({ claims: { aud: 'https://evil.example' } }),
  'there is no audience': () => ({ claims: { aud: undefined } }),
  'iss is another client': () => ({ claims: { iss: stranger.credentials.client_id } }),
  'there is no iss': () => ({ claims: { iss: undefined } }),
  'sub is another client': () => ({ claims: { sub: stranger.credentials.client_id } }),
  'sub is no text': () => ({ claims: { sub: 7 } }),
  'sub is a list': () => ({ claims: { sub: [client.credentials.client_id] } }),
  'sub has a zero byte': () => ({ claims: { sub: 'app_\0', iss: 'app_\0' } }),
  'there is no jti': () => ({ claims: { jti: undefined } }),
  'jti is a number': () => ({ claims: { jti: 7 } }),
  'jti is endless': () => ({ claims: { jti: 'x'.repeat(300) } }),
  'it has expired': () => ({ claims: { iat: nowSeconds() - 90, exp: nowSeconds() - 30 } }),
  'it expires too late': () => ({ claims: { exp: nowSeconds() + 330 } }),
  'it never expires': () => ({ claims: { exp: undefined } }),
  'exp is no number': () => ({ claims: { exp: String(nowSeconds() + 60) } }),
  'exp is beyond all numbers': () => ({ claims: { exp: 1e308 } }),
  'it is from the future': () => ({ claims: { iat: nowSeconds() + 200, exp: nowSeconds() + 250 } }),
}

describe('a client assertion is refused', () => {
  test.each(Object.entries(MISTAKES))('when %s', async (_, changes) => {
    const client_assertion = await client.assertion(changes())
    const { status, headers, json } = await client.token({ client_assertion })
    expect({ status, error: json.error }).toEqual({
      status: expect.any(Number),
      error: expect.stringMatching(/^invalid_(client|request)$/),
    })
    expect([400, 401]).toContain(status)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
  })

  test('when it says alg none', async () => {
    const [, payload] = (await client.assertion()).split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'none', kid: client.keyId })).toString(
      'base64url',
    )
    for (const client_assertion of [`${header}.${payload}.`, `${header}.${payload}.AA`]) {
      expect((await client.token({ client_assertion })).json.error).toMatch(/^invalid_/)
    }
  })

  test('when the public key is used as an HMAC secret', async () => {
    const publicKey = createPublicKey(client.privateKey)
    const { client_id, issuer } = client.credentials
    for (const secret of [
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ]) {
      const client_assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'HS256', kid: client.keyId })
        .setIssuer(client_id)
        .setSubject(client_id)
        .setAudience(issuer)
        .setExpirationTime('1m')
        .sign(new Uint8Array(Buffer.from(secret)))
      expect(await client.token({ client_assertion })).toMatchObject({
        status: 401,
        json: { error: 'invalid_client' },
      })
    }
  })

  test('when its base64 is sloppy, though the bytes are right', async () => {
    const assertion = await client.assertion()
    const [header = '', payload = '', signature = ''] = assertion.split('.')
    const last = signature.slice(-1)
    // 64 bytes leave four unused bits in the last character.
    const twin = String.fromCharCode(last.charCodeAt(0) + 1)
    for (const sloppy of [
      `${assertion}==`,
      `${header}.${payload}.${signature}=`,
      `${header}.${payload}. ${signature}`,
      `${header}.${payload}.${signature}\n`,
      `${header}.${payload}.${signature.slice(0, -1)}${twin}`,
      `${header}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`,
    ]) {
      const { status, json } = await client.token({ client_assertion: sloppy })
      expect({ status, error: json.error }).toEqual({
        status: expect.any(Number),
        error: expect.stringMatching(/^invalid_(client|request)$/),
      })
    }
    expect((await client.token({ client_assertion: assertion })).status).toBe(200)
  })

  test('when its jti was used before, also in another assertion', async () => {
    const jti = randomUUID()
    const client_assertion = await client.assertion({ claims: { jti } })
    expect((await client.token({ client_assertion })).status).toBe(200)
    const again = { status: 401, json: { error: 'invalid_client' } }
    expect(await client.token({ client_assertion })).toMatchObject(again)
    const other = await client.assertion({ claims: { jti, exp: nowSeconds() + 200 } })
    expect(await client.token({ client_assertion: other })).toMatchObject(again)
    const elsewhere = { client_assertion, token: 'x' }
    expect(await client.post('/oauth2/introspect', elsewhere)).toMatchObject(again)
  })

  test('from the second of 50 parallel uses on', async () => {
    const client_assertion = await client.assertion()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => client.token({ client_assertion })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(new Set(refused.map(({ status, json }) => `${status} ${json.error}`))).toEqual(
      new Set(['401 invalid_client']),
    )
  })
})

describe('a key', () => {
  test('that has expired is none', async () => {
    const { credentials } = client
    const soon = new Date(Date.now() + 6_000).toISOString()
    const { key_id, private_key } = await addKey(credentials, '--not-after', soon)
    const request = async () => {
      const header = { alg: 'EdDSA', kid: key_id }
      const key = createPrivateKey(private_key)
      return client.token({ client_assertion: await client.assertion({ key, header }) })
    }
    await until(request, ({ status }) => status === 200, 5_000)
    const refused = await until(request, ({ status }) => status === 401, 10_000)
    expect(refused.json).toMatchObject({ error: 'invalid_client' })
  })

  test('that is revoked gets no token within 5 s, and ends those it got', async () => {
    const own = await createClient({ clientKey: 'es256' })
    const token = await own.accessToken()
    await bursarCommand('keys', 'revoke', '--key', own.keyId)
    const revokedAtMs = Date.now()
    const reads = () =>
      fetch(`${apiBase()}/v1/payments`, { headers: { authorization: `Bearer ${token}` } })
    await until(
      async () => [(await own.token()).status, (await reads()).status],
      (statuses) => statuses.every((status) => status === 401),
      8_000,
    )
    expect(Date.now() - revokedAtMs).toBeLessThan(6_000)
    expect(await (await reads()).json()).toMatchObject({ code: 'token_revoked' })
  })

  test('with fewer scopes than its app gets no more than these', async () => {
    const { credentials } = client
    const narrow = await addKey(credentials, '--scopes', 'bills:read')
    const assertion = () =>
      client.assertion({
        key: createPrivateKey(narrow.private_key),
        header: { alg: 'EdDSA', kid: narrow.key_id },
      })
    const all = await until(
      async () => client.token({ client_assertion: await assertion() }),
      ({ status }) => status === 200,
      5_000,
    )
    expect(all.json.scope).toBe('bills:read')
    const more = { client_assertion: await assertion(), scope: 'bills:read payments:read' }
    expect(await client.token(more)).toMatchObject({
      status: 400,
      json: { error: 'invalid_scope', scope: 'payments:read' },
    })
  })
})

describe('a token request is refused', () => {
  test.each([
    ['a scope that the app does not have', { scope: 'refunds:write' }, 'invalid_scope'],
    ['a scope that does not exist', { scope: 'everything' }, 'invalid_scope'],
    [
      "a scope that only payers can grant, though it is the app's",
      { scope: 'bills:read:own' },
      'invalid_scope',
    ],
    ['a scope of two spaces', { scope: 'bills:read  payments:read' }, 'invalid_scope'],
    ['a grant that is not offered', { grant_type: 'password' }, 'unsupported_grant_type'],
    [
      'a refresh token',
      { grant_type: 'refresh_token', refresh_token: 'x' },
      /invalid_request|unsupported_grant_type/,
    ],
    [
      'a code, without having asked a payer',
      { grant_type: 'authorization_code', code: 'x' },
      'invalid_request',
    ],
    ['no grant', { grant_type: '' }, 'invalid_request'],
    ['another assertion type', { client_assertion_type: 'x' }, 'invalid_request'],
    ['another client_id than that of the assertion', { client_id: 'app_x' }, 'invalid_request'],
  ] as const)('for %s', async (_, parameters, error) => {
    const { status, json } = await client.token(parameters)
    expect(status).toBe(400)
    expect(json.error).toMatch(error)
  })

  test('when a parameter comes twice', async () => {
    const client_assertion = await client.assertion()
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const form = new URLSearchParams({ client_assertion, client_assertion_type: type })
    form.append('grant_type', 'client_credentials')
    form.append('grant_type', 'client_credentials')
    expect(await postForm('/oauth2/token', form)).toMatchObject({
      status: 400,
      json: { error: 'invalid_request' },
    })
  })

  test.each([
    ['JSON', '{"grant_type":"client_credentials"}', 'application/json'],
    ['a body without a type', 'grant_type=client_credentials', ''],
    ['an endless body', `grant_type=${'x'.repeat(100_000)}`, 'application/x-www-form-urlencoded'],
    [
      'broken percent signs',
      'grant_type=%E0%A4%A&client_assertion=%',
      'application/x-www-form-urlencoded',
    ],
    ['nothing', '', 'application/x-www-form-urlencoded'],
    [
      'zero bytes',
      'client_id=%00&client_assertion=%00.%00.%00',
      'application/x-www-form-urlencoded',
    ],
    ['an unknown charset', 'grant_type=x', 'application/x-www-form-urlencoded; charset=x-none'],
  ])('when it is %s, in the words of RFC 6749', async (_, body, type) => {
    const answer = await postForm('/oauth2/token', body, { 'content-type': type })
    expect(answer.status).toBe(400)
    expect(answer.json).toMatchObject({
      error: 'invalid_request',
      error_description: expect.any(String),
    })
  })

  test('in JSON even to a client that would rather have HTML', async () => {
    const answer = await postForm('/oauth2/token', 'x=y', { accept: 'text/html' })
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(answer.json.error).toBe('invalid_request')
  })

  test('with a Basic secret, for no client has one', async () => {
    const authorization = `Basic ${Buffer.from(`${client.credentials.client_id}:x`).toString('base64')}`
    const answer = await postForm('/oauth2/token', 'grant_type=client_credentials', {
      authorization,
    })
    expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_client' } })
  })

  test('whatever Host it was sent to: addresses come from the configured origin', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const path = '/.well-known/oauth-authorization-server'
      const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
      request(`${apiBase()}${path}`, { headers }, async (response) => {
        resolve((await response.setEncoding('utf8').toArray()).join(''))
      })
        .once('error', reject)
        .end()
    })
    expect(JSON.parse(text).token_endpoint).toBe(`${apiBase()}/oauth2/token`)
    expect(text).not.toContain('evil')
  })
})

describe('a DPoP proof at the token endpoint', () => {
  const url = () => `${apiBase()}/oauth2/token`
  const proofKey = new ProofKey()

  test('binds the token to its key', async () => {
    const dpop = await proofKey.proof('POST', url())
    const { json } = await client.token({}, { dpop })
    expect(json.token_type).toBe('DPoP')
  })

  test('is used once: of 50 parallel uses one gets a token', async () => {
    const dpop = await proofKey.proof('POST', url())
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.token({}, { dpop })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]))
  })

  test.each([
    ['for another method', () => proofKey.proof('GET', url())],
    ['for another address', () => proofKey.proof('POST', `${apiBase()}/v1/payments`)],
    ['for another host', () => proofKey.proof('POST', 'https://evil.example/oauth2/token')],
    [
      'of an hour ago',
      () => proofKey.proof('POST', url(), { claims: { iat: nowSeconds() - 3600 } }),
    ],
    ['without a jti', () => proofKey.proof('POST', url(), { claims: { jti: undefined } })],
    [
      'with its private key',
      () => proofKey.proof('POST', url(), { header: { jwk: proofKey.privateJwk } }),
    ],
    ['of another type', () => proofKey.proof('POST', url(), { header: { typ: 'JWT' } })],
    ['that is none', async () => 'x.y.z'],
  ])('is refused %s', async (_, makeProof) => {
    const answer = await client.token({}, { dpop: await makeProof() })
    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_dpop_proof' } })
  })
})
