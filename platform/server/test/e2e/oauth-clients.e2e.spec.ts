import { beforeAll, describe, expect, test } from '@jest/globals'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { apiBase } from '../support/bursar-command.js'
import { createClient, type OauthClient } from '../support/oauth-client.js'

/** Plain http on this machine only: neither library would talk to it otherwise. */
const insecure = { [oauth.allowInsecureRequests]: true } as const
const KEYS = {
  es256: { name: 'ECDSA', namedCurve: 'P-256' },
  ps256: { name: 'RSA-PSS', hash: 'SHA-256' },
  eddsa: { name: 'Ed25519' },
} as const

const algorithms = Object.keys(KEYS) as (keyof typeof KEYS)[]
const clients = new Map<keyof typeof KEYS, OauthClient>()
beforeAll(async () => {
  for (const clientKey of algorithms) {
    clients.set(clientKey, await createClient({ clientKey, scopes: ['payments:read'] }))
  }
}, 90_000)

function clientOf(algorithm: keyof typeof KEYS): OauthClient {
  const client = clients.get(algorithm)
  if (!client) throw new Error('the clients are there before the first test')
  return client
}

function importKey(algorithm: keyof typeof KEYS) {
  const pkcs8 = clientOf(algorithm).privateKey.export({ type: 'pkcs8', format: 'der' })
  const bytes = new Uint8Array(pkcs8)
  return crypto.subtle.importKey('pkcs8', bytes, KEYS[algorithm], false, ['sign'])
}

describe.each(['oidc', 'oauth2'] as const)('discovery the %s way', (algorithm) => {
  test('finds the metadata from the issuer alone', async () => {
    const issuer = new URL(clientOf('es256').credentials.issuer)
    const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure })
    const server = await oauth.processDiscoveryResponse(issuer, response)
    expect(server).toMatchObject({
      issuer: apiBase(),
      token_endpoint: `${apiBase()}/oauth2/token`,
      jwks_uri: `${apiBase()}/.well-known/jwks.json`,
      grant_types_supported: ['authorization_code', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA', 'Ed25519'],
      code_challenge_methods_supported: ['S256'],
    })
  })
})

describe('the resource metadata', () => {
  test.each(['', '/v1'])('of the origin followed by "%s" leads to the issuer', async (path) => {
    const resource = new URL(`${apiBase()}${path}`)
    const response = await oauth.resourceDiscoveryRequest(resource, insecure)
    const found = await oauth.processResourceDiscoveryResponse(resource, response)
    expect(found).toMatchObject({
      authorization_servers: [apiBase()],
      bearer_methods_supported: ['header'],
    })
  })
})

describe.each(algorithms)('oauth4webapi with a key for %s', (algorithm) => {
  test('gets, uses, introspects and revokes tokens, unbound and bound', async () => {
    const { credentials, keyId } = clientOf(algorithm)
    const issuer = new URL(credentials.issuer)
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, insecure),
    )
    const client = { client_id: credentials.client_id }
    const authentication = oauth.PrivateKeyJwt({ key: await importKey(algorithm), kid: keyId })
    const parameters = { scope: 'payments:read', resource: `${apiBase()}/v1` }

    const response = await oauth.clientCredentialsGrantRequest(
      ...([server, client, authentication, parameters, insecure] as const),
    )
    const token = await oauth.processClientCredentialsResponse(server, client, response)
    const url = new URL(`${apiBase()}/v1/payments`)
    const read = await oauth.protectedResourceRequest(
      ...([token.access_token, 'GET', url, undefined, null, insecure] as const),
    )
    expect(read.status).toBe(200)
    // What a resource server of its own would do with the token, by the book (RFC 9068).
    const request = new Request(url, { headers: { authorization: `Bearer ${token.access_token}` } })
    const claims = await oauth.validateJwtAccessToken(server, request, `${apiBase()}/v1`, insecure)
    expect(claims).toMatchObject({ client_id: credentials.app_id, livemode: false })

    const DPoP = oauth.DPoP({}, await oauth.generateKeyPair('ES256'))
    const boundResponse = await oauth.clientCredentialsGrantRequest(
      ...([server, client, authentication, parameters, { DPoP, ...insecure }] as const),
    )
    const bound = await oauth.processClientCredentialsResponse(server, client, boundResponse)
    expect(bound.token_type).toBe('dpop')
    const boundRead = await oauth.protectedResourceRequest(
      ...([bound.access_token, 'GET', url, undefined, null, { DPoP, ...insecure }] as const),
    )
    expect(boundRead.status).toBe(200)

    const asked = await oauth.introspectionRequest(
      ...([server, client, authentication, bound.access_token, insecure] as const),
    )
    const introspection = await oauth.processIntrospectionResponse(server, client, asked)
    expect(introspection).toMatchObject({ active: true, token_type: 'DPoP' })
    const revoked = await oauth.revocationRequest(
      ...([server, client, authentication, bound.access_token, insecure] as const),
    )
    expect(await oauth.processRevocationResponse(revoked)).toBeUndefined()
  })

  test('and openid-client does the same', async () => {
    const { credentials, keyId } = clientOf(algorithm)
    const configuration = await openid.discovery(
      new URL(credentials.issuer),
      credentials.client_id,
      undefined,
      openid.PrivateKeyJwt({ key: await importKey(algorithm), kid: keyId }),
      { execute: [openid.allowInsecureRequests] },
    )
    const parameters = { scope: 'payments:read', resource: `${apiBase()}/v1` }
    const DPoP = openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair('ES256'))
    const token = await openid.clientCredentialsGrant(configuration, parameters, { DPoP })
    expect(token).toMatchObject({ token_type: 'dpop', expires_in: 300, scope: 'payments:read' })
    const url = new URL(`${apiBase()}/v1/payments?limit=1`)
    const answer = await openid.fetchProtectedResource(
      ...([configuration, token.access_token, url, 'GET', null, undefined, { DPoP }] as const),
    )
    expect(answer.status).toBe(200)
    const { active } = await openid.tokenIntrospection(configuration, token.access_token)
    expect(active).toBe(true)
    await openid.tokenRevocation(configuration, token.access_token)
    const after = await openid.tokenIntrospection(configuration, token.access_token)
    expect(after.active).toBe(false)
  })
})
