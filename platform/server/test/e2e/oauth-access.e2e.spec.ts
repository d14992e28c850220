import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose'
import { apiBase } from '../support/bursar-command.js'
import { paymentBody } from '../support/fixtures.js'
import { createClient, type OauthClient, ProofKey, read } from '../support/oauth-client.js'
import { addKey } from '../support/stage.js'
import { TokenForge } from '../support/token-forge.js'
import { until } from '../support/until.js'

let client: OauthClient
let stranger: OauthClient
let token: string
let claims: JWTPayload
let forge: TokenForge
beforeAll(async () => {
  forge = new TokenForge()
  client = await createClient()
  stranger = await createClient({ scopes: ['payments:read'] })
  token = await client.accessToken()
  claims = decodeJwt(token)
}, 60_000)
afterAll(() => forge.close())

const nowSeconds = () => Math.floor(Date.now() / 1000)
const refusal = (code: string) => ({ status: 401, json: { code } })

describe('an access token is refused', () => {
  test('although our key signed the same claims, only when something is wrong with them', async () => {
    expect((await read('/v1/payments', `Bearer ${await forge.sign(claims)}`)).status).toBe(200)
  })

  test.each([
    ['it has expired', 'token_expired', () => forge.sign({ ...claims, exp: nowSeconds() - 1 })],
    [
      'it is for another API',
      'token_invalid',
      () => forge.sign({ ...claims, aud: `${apiBase()}/v2` }),
    ],
    [
      'it is for several',
      'token_invalid',
      () => forge.sign({ ...claims, aud: [`${apiBase()}/v1`] }),
    ],
    [
      'another issued it',
      'token_invalid',
      () => forge.sign({ ...claims, iss: 'https://evil.example' }),
    ],
    [
      'it is from the future',
      'token_invalid',
      () => forge.sign({ ...claims, iat: nowSeconds() + 3600 }),
    ],
    ['it never expires', 'token_invalid', () => forge.sign({ ...claims, exp: undefined })],
    ['it is another kind of JWT', 'token_invalid', () => forge.sign(claims, { typ: 'JWT' })],
    ['it has no kind', 'token_invalid', () => forge.sign(claims, { typ: undefined })],
    ['a key for webhooks signed it', 'token_invalid', () => forge.sign(claims, {}, 'webhook')],
    [
      'it names another key than signed it',
      'token_invalid',
      () => forge.sign(claims, { kid: 'none' }),
    ],
    ['it names an extension', 'token_invalid', () => forge.sign(claims, { crit: ['exp'] })],
    [
      'its app key is of another app',
      'token_revoked',
      () => forge.sign({ ...claims, key_id: stranger.keyId }),
    ],
    [
      'its app is another',
      'token_revoked',
      () => forge.sign({ ...claims, app_id: stranger.credentials.app_id }),
    ],
    [
      'its mode is not that of the key',
      'token_revoked',
      () => forge.sign({ ...claims, livemode: true }),
    ],
    [
      'its institution is another',
      'token_revoked',
      () => forge.sign({ ...claims, institution_id: 'inst_x' }),
    ],
  ] as const)('when %s', async (_, code, make) => {
    const answer = await read('/v1/payments', `Bearer ${await make()}`)
    expect(answer).toMatchObject(refusal(code))
    const [bearer] = (answer.headers.get('www-authenticate') ?? '').split(', DPoP')
    expect(bearer).toMatch(/^Bearer error="invalid_token", error_description="[^"]+"/)
    expect(bearer).toContain(
      `resource_metadata="${apiBase()}/.well-known/oauth-protected-resource/v1"`,
    )
  })

  test('when a single character of it is changed', async () => {
    for (const at of [5, token.indexOf('.') + 20, token.lastIndexOf('.') + 10, token.length - 1]) {
      const other = token[at] === 'A' ? 'B' : 'A'
      const changed = `${token.slice(0, at)}${other}${token.slice(at + 1)}`
      expect(await read('/v1/payments', `Bearer ${changed}`)).toMatchObject(
        refusal('token_invalid'),
      )
    }
  })

  test('when it says alg none, or HS256 with our public key as the secret', async () => {
    const [, payload] = token.split('.')
    const { kid } = decodeProtectedHeader(token)
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid })).toString(
      'base64url',
    )
    const { json } = await read('/.well-known/jwks.json', '')
    const jwk = json.keys.find((key: { kid: string }) => key.kid === kid)
    const secret = createPublicKey({ key: jwk, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    })
    const hs256 = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: kid ?? '' })
      .sign(new Uint8Array(Buffer.from(secret)))
    for (const forged of [`${none}.${payload}.`, `${none}.${payload}.AA`, hs256]) {
      const answer = await read('/v1/payments', `Bearer ${forged}`)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.json.code).toMatch(/^(token_invalid|authorization_malformed)$/)
    }
  })

  test('when the client signed it itself and brought its key', async () => {
    const publicKey = createPublicKey(client.privateKey).export({ format: 'jwk' })
    const own = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: client.keyId, jwk: publicKey })
      .sign(client.privateKey)
    expect(await read('/v1/payments', `Bearer ${own}`)).toMatchObject(refusal('token_invalid'))
  })

  test('when it is a client assertion, or nothing of the kind', async () => {
    for (const text of [await client.assertion(), 'x', 'a.b.c', 'e30.e30.e30', 'x'.repeat(5000)]) {
      expect(await read('/v1/payments', `Bearer ${text}`)).toMatchObject(refusal('token_invalid'))
    }
  })

  test('when its spelling has padding', async () => {
    expect(await read('/v1/payments', `Bearer ${token}=`)).toMatchObject(refusal('token_invalid'))
  })

  test('in the query, with a hint to revoke it', async () => {
    const answer = await fetch(`${apiBase()}/v1/payments?access_token=${token}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'token_in_query' })
    const both = await read(`/v1/payments?limit=1&access_token=x`, `Bearer ${token}`)
    expect(both).toMatchObject({ status: 400, json: { code: 'token_in_query' } })
  })

  test.each([
    ['', 400, 'authorization_malformed'],
    ['Bearer', 400, 'authorization_malformed'],
    ['Bearer a b', 400, 'authorization_malformed'],
    ['Basic eDp5', 401, 'authorization_scheme_unknown'],
  ])('in the header "Authorization: %s"', async (authorization, status, code) => {
    expect(await read('/v1/payments', authorization)).toMatchObject({ status, json: { code } })
  })

  test('when the header comes twice', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = ['authorization', `Bearer ${token}`, 'authorization', 'Bearer x']
      request(`${apiBase()}/v1/payments`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .once('error', reject)
        .end()
    })
    expect(status).toBe(400)
  })
})

describe('without credentials', () => {
  test('a 401 says both ways to come with a token', async () => {
    const answer = await fetch(`${apiBase()}/v1/payments`)
    expect(answer.status).toBe(401)
    const challenges = answer.headers.get('www-authenticate')
    expect(challenges).toContain('Bearer resource_metadata="')
    expect(challenges).toContain('DPoP algs="ES256 PS256 EdDSA Ed25519"')
    expect(challenges).not.toContain('error=')
  })
})

describe('a token of one mode', () => {
  test('shows nothing of the other', async () => {
    const payment = await client.app.bursar.payments.create(paymentBody({ channel: 'wechatpay' }))
    const live = await addKey(client.credentials, '--live')
    const request = async () =>
      client.token({
        client_assertion: await client.assertion({
          key: createPrivateKey(live.private_key),
          header: { alg: 'EdDSA', kid: live.key_id },
        }),
      })
    // A new key is known to the token endpoint within 3 s.
    const issued = await until(request, ({ status }) => status === 200, 5_000)
    const liveToken = issued.json.access_token
    expect(decodeJwt(liveToken)).toMatchObject({ livemode: true, key_id: live.key_id })
    const one = await read(`/v1/payments/${payment.id}`, `Bearer ${liveToken}`)
    expect(one).toMatchObject({ status: 404, json: { code: 'payment_not_found' } })
    const list = await read('/v1/payments', `Bearer ${liveToken}`)
    expect(list.json.data).toEqual([])
    // The app's test key may not ask about, nor end, what its live key got.
    expect((await client.post('/oauth2/introspect', { token: liveToken })).json).toEqual({
      active: false,
    })
    expect((await client.post('/oauth2/revoke', { token: liveToken })).status).toBe(400)
    const signedInTest = await client.app.send({
      path: '/v1/payments',
      headers: { authorization: `Bearer ${liveToken}` },
    })
    expect(signedInTest).toMatchObject({ status: 401, json: { code: 'credentials_mismatch' } })
  })
})

describe('a token bound to a key', () => {
  const proofKey = new ProofKey()
  const url = () => `${apiBase()}/v1/payments`
  let bound: string
  beforeAll(async () => {
    const dpop = await proofKey.proof('POST', `${apiBase()}/oauth2/token`)
    bound = await client.accessToken({}, { dpop })
  })

  test('reads with a proof for this request, and the query is not part of it', async () => {
    const dpop = await proofKey.proof('GET', url(), { token: bound })
    expect((await read('/v1/payments?limit=1', `DPoP ${bound}`, { dpop })).status).toBe(200)
  })

  test('writes when a signature covers it and its proof', async () => {
    const dpop = await proofKey.proof('POST', url(), { token: bound })
    const answer = await client.app.send({
      path: '/v1/payments',
      body: paymentBody({ channel: 'wechatpay' }),
      headers: { authorization: `DPoP ${bound}`, dpop },
    })
    expect(answer.status).toBe(201)
  })

  test('is no bearer token, and a bearer token is not bound', async () => {
    const dpop = await proofKey.proof('GET', url(), { token: bound })
    const mismatch = refusal('token_scheme_mismatch')
    expect(await read('/v1/payments', `Bearer ${bound}`)).toMatchObject(mismatch)
    expect(await read('/v1/payments', `Bearer ${bound}`, { dpop })).toMatchObject(mismatch)
    const other = await proofKey.proof('GET', url(), { token })
    expect(await read('/v1/payments', `DPoP ${token}`, { dpop: other })).toMatchObject(mismatch)
  })

  test('is refused without a proof', async () => {
    const answer = await read('/v1/payments', `DPoP ${bound}`)
    expect(answer).toMatchObject(refusal('dpop_proof_missing'))
    expect(answer.headers.get('www-authenticate')).toContain('DPoP error="invalid_token"')
  })

  test('takes a proof once: of 50 parallel uses one is answered', async () => {
    const dpop = await proofKey.proof('GET', url(), { token: bound })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => read('/v1/payments', `DPoP ${bound}`, { dpop })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const codes = new Set(
      answers.filter(({ status }) => status !== 200).map(({ json }) => json.code),
    )
    expect(codes).toEqual(new Set(['dpop_proof_replayed']))
  })

  test.each([
    ['of another key', () => new ProofKey().proof('GET', url(), { token: bound })],
    ['for another token', () => proofKey.proof('GET', url(), { token })],
    ['for no token', () => proofKey.proof('GET', url())],
    ['for another method', () => proofKey.proof('POST', url(), { token: bound })],
    ['for another address', () => proofKey.proof('GET', `${url()}/x`, { token: bound })],
    [
      'for another origin',
      () => proofKey.proof('GET', 'https://evil.example/v1/payments', { token: bound }),
    ],
    ['for no address', () => proofKey.proof('GET', url(), { token: bound, claims: { htu: 7 } })],
    [
      'of two minutes ago',
      () => proofKey.proof('GET', url(), { token: bound, claims: { iat: nowSeconds() - 120 } }),
    ],
    [
      'of the future',
      () => proofKey.proof('GET', url(), { token: bound, claims: { iat: nowSeconds() + 120 } }),
    ],
    [
      'without a time',
      () => proofKey.proof('GET', url(), { token: bound, claims: { iat: undefined } }),
    ],
    [
      'without a jti',
      () => proofKey.proof('GET', url(), { token: bound, claims: { jti: undefined } }),
    ],
    [
      'with its private key',
      () => proofKey.proof('GET', url(), { token: bound, header: { jwk: proofKey.privateJwk } }),
    ],
    [
      'with a symmetric key',
      () =>
        proofKey.proof('GET', url(), { token: bound, header: { jwk: { kty: 'oct', k: 'AAAA' } } }),
    ],
    [
      'without its key',
      () => proofKey.proof('GET', url(), { token: bound, header: { jwk: undefined } }),
    ],
    [
      'of another type',
      () => proofKey.proof('GET', url(), { token: bound, header: { typ: 'JWT' } }),
    ],
    ['that is none', async () => `x.${randomUUID()}`],
  ])('is refused with a proof %s', async (_, makeProof) => {
    const answer = await read('/v1/payments', `DPoP ${bound}`, { dpop: await makeProof() })
    expect(answer).toMatchObject(refusal('dpop_proof_invalid'))
    expect(answer.headers.get('www-authenticate')).toContain('DPoP error="invalid_dpop_proof"')
  })

  test('is refused with two proofs', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => proofKey.proof('GET', url(), { token: bound })),
    )
    const headers = new Headers([
      ['dpop', one ?? ''],
      ['dpop', two ?? ''],
    ])
    headers.set('authorization', `DPoP ${bound}`)
    const answer = await fetch(url(), { headers })
    expect(answer.status).toBe(401)
  })
})
