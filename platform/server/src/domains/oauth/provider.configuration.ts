import { type Configuration, errors } from 'oidc-provider'
import type { PlatformKey } from '../../infra/crypto/platform-keys.js'
import {
  ACCESS_TOKEN_SECONDS,
  apiResourceOf,
  JWS_ALGORITHMS,
} from '../../infra/oauth/access-token.js'
import { grantOfPayer, interactionPolicyOfPayers } from './interaction.policy.js'
import { renderOauthError } from './oauth-error.page.js'
import { OAUTH_PATHS } from './oauth-paths.js'
import { type AdapterStores, ProviderAdapter } from './provider.adapter.js'
import type { ProviderPolicy } from './provider.policy.js'

export interface ProviderParts {
  readonly publicOrigin: string
  readonly signingKey: PlatformKey
  readonly cookieKey: string
  readonly stores: AdapterStores
  readonly policy: ProviderPolicy
}

/** Times in assertions may be off by this much. */
const CLOCK_TOLERANCE_SECONDS = 5
const ALGORITHMS = [...JWS_ALGORITHMS]
const CODE_SECONDS = 60
const INTERACTION_SECONDS = 10 * 60
/** The provider's own session only carries a sign-in from the authorization endpoint to the page and back. */
const SESSION_SECONDS = 60 * 60
const GRANT_SECONDS = 90 * 24 * 60 * 60

/** Everything that makes the library our authorization server: few endpoints, strict clients, short tokens. */
export function providerConfiguration(parts: ProviderParts): Configuration {
  const { policy, stores } = parts
  return {
    adapter: (kind) => new ProviderAdapter(kind, stores),
    jwks: { keys: [privateJwkOf(parts.signingKey)] },
    routes: { ...OAUTH_PATHS },
    scopes: ['openid'],
    responseTypes: ['code'],
    subjectTypes: ['public'],
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: {
      id_token_signed_response_alg: 'EdDSA',
      token_endpoint_auth_method: 'private_key_jwt',
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ALGORITHMS,
      dPoPSigningAlgValues: ALGORITHMS,
      idTokenSigningAlgValues: ['EdDSA'],
    },
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    // A private key has no business in a browser.
    clientBasedCORS: () => false,
    cookies: cookiesOf(parts.cookieKey),
    pkce: { required: () => true },
    // RFC 9700 section 4.1.3: the address is compared, so it has to be there.
    allowOmittingSingleRegisteredRedirectUri: false,
    ttl: ttlOf(),
    renderError: (ctx, out) => renderOauthError(ctx, out, policy),
    assertJwtClientAuthClaimsAndHeader: (ctx, claims, header) =>
      policy.authenticate(ctx, claims, { ...header }),
    extraTokenClaims: async (ctx, token) => ({ ...(await policy.ownClaims(ctx, token)) }),
    findAccount: (_, accountId) => policy.findAccount(accountId),
    loadExistingGrant: grantOfPayer,
    interactions: {
      policy: interactionPolicyOfPayers(),
      url: async (_, { uid }) => policy.interactionPath(uid),
    },
    features: featuresOf(parts),
  }
}

function featuresOf({ policy, publicOrigin }: ProviderParts): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: async (ctx, _, token) => policy.isOwnToken(ctx, token),
    },
    revocation: {
      enabled: true,
      async allowedPolicy(ctx, _, token) {
        if (policy.isOwnToken(ctx, token)) return true
        throw new errors.InvalidRequest('the token was issued to another client or in another mode')
      },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => apiResourceOf(publicOrigin),
      // A code is for the one resource there is: the token request need not name it again.
      useGrantedResource: async () => true,
      getResourceServerInfo: (ctx, indicator, { clientId }) =>
        policy.resourceServer(ctx, indicator, clientId),
    },
  }
}

function cookiesOf(key: string): NonNullable<Configuration['cookies']> {
  return {
    names: {
      session: 'bursar_oauth_session',
      interaction: 'bursar_oauth_interaction',
      resume: 'bursar_oauth_resume',
    },
    keys: [key],
    long: { signed: true, httpOnly: true, sameSite: 'lax' },
    short: { signed: true, httpOnly: true, sameSite: 'lax' },
  }
}

function ttlOf(): NonNullable<Configuration['ttl']> {
  return {
    AccessToken: ACCESS_TOKEN_SECONDS,
    ClientCredentials: ACCESS_TOKEN_SECONDS,
    IdToken: ACCESS_TOKEN_SECONDS,
    AuthorizationCode: CODE_SECONDS,
    Interaction: INTERACTION_SECONDS,
    Session: SESSION_SECONDS,
    Grant: GRANT_SECONDS,
  }
}

function privateJwkOf({ privateKey, jwk }: PlatformKey) {
  const { kid, alg, use } = jwk
  const { kty = '', ...members } = privateKey.export({ format: 'jwk' })
  return { ...members, kty, kid, alg, use }
}
