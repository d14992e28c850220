import { generateKeyPairSync } from 'node:crypto'
import { type Configuration, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { consoleCallbackOf } from '../../infra/config/operator-idp.config.js'
import type { OauthRecords } from '../../infra/oauth/oauth-records.js'
import { IdentityProviderAdapter } from './identity-provider.adapter.js'

/** Where our own identity provider for the people of the console is. */
export const IDENTITY_PATHS = {
  authorization: '/console/identity/authorize',
  token: '/console/identity/token',
  userinfo: '/console/identity/userinfo',
  jwks: '/console/identity/jwks',
} as const
export const SIGN_IN_PAGE = '/console/identity/sign-in'
export const CONSOLE_CLIENT_ID = 'console'

const CODE_SECONDS = 60
const INTERACTION_SECONDS = 10 * 60

export interface IdentityProviderParts {
  readonly publicOrigin: string
  readonly clientSecret: string
  readonly cookieKey: string
  readonly records: OauthRecords
  /** Whether this subject is somebody who may sign in. */
  readonly isPerson: (subject: string) => Promise<boolean>
}

/** One client, one way in, and a sign-in at every request: whoever is signed in is known by our session alone. */
export function identityProviderConfiguration(parts: IdentityProviderParts): Configuration {
  return {
    adapter: (kind) => new IdentityProviderAdapter(kind, parts.records),
    clients: [
      {
        client_id: CONSOLE_CLIENT_ID,
        client_secret: parts.clientSecret,
        redirect_uris: [consoleCallbackOf(parts)],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'EdDSA',
      },
    ],
    jwks: { keys: [newSigningKey()] },
    routes: { ...IDENTITY_PATHS },
    scopes: ['openid'],
    claims: { openid: ['sub'] },
    responseTypes: ['code'],
    subjectTypes: ['public'],
    clientAuthMethods: ['client_secret_post'],
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
    clientBasedCORS: () => false,
    cookies: {
      names: {
        session: 'bursar_console_identity',
        interaction: 'bursar_console_interaction',
        resume: 'bursar_console_resume',
      },
      keys: [parts.cookieKey],
      long: { signed: true, httpOnly: true, sameSite: 'lax' },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    ttl: {
      AccessToken: CODE_SECONDS,
      IdToken: CODE_SECONDS,
      AuthorizationCode: CODE_SECONDS,
      Interaction: INTERACTION_SECONDS,
      Session: INTERACTION_SECONDS,
      Grant: INTERACTION_SECONDS,
    },
    findAccount: async (_, accountId) =>
      (await parts.isPerson(accountId))
        ? { accountId, claims: async () => ({ sub: accountId }) }
        : undefined,
    loadExistingGrant: grantOfConsole,
    interactions: { policy: policyOf(), url: async (_, { uid }) => `${SIGN_IN_PAGE}/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: true },
    },
  }
}

/** The password is asked for every time: a session that the library remembers is nobody's sign-in. */
function policyOf() {
  const { base, Check } = interactionPolicy
  const prompts = base()
  prompts
    .get('login')
    ?.checks.add(
      new Check('console_sign_in', 'the person has to sign in', (ctx: KoaContextWithOIDC) =>
        ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
      ),
    )
  return prompts
}

/** The console is ours: nobody has to allow it to know who they are. */
async function grantOfConsole(ctx: KoaContextWithOIDC) {
  const { provider, account, client } = ctx.oidc
  if (!account || !client) return undefined
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
  grant.addOIDCScope('openid')
  await grant.save()
  return grant
}

/** Nobody verifies what it signs: the console asks the userinfo endpoint. So it lives as long as the process. */
function newSigningKey() {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { kty = '', ...members } = privateKey.export({ format: 'jwk' })
  return { ...members, kty, alg: 'EdDSA', use: 'sig' }
}
