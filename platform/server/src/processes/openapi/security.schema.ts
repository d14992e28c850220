import { OAUTH_PATHS } from '../../domains/oauth/oauth-paths.js'
import { operatorCookieName } from '../../infra/http/operator-cookie.js'
import { SCOPE_TABLE, type ScopeText } from '../../infra/http/scopes.js'

/** The host that the document's server variable has by default. */
const EXAMPLE_ORIGIN = 'https://pay.example.edu'

const SIGNATURE_DESCRIPTION = `HTTP Message Signatures (RFC 9421), label \`bursar\`, tag \`bursar-request\`,
over "@method" "@target-uri", and "content-digest" "content-type" "idempotency-key" "authorization" "dpop" when they are there.`

const OAUTH_DESCRIPTION = `Access tokens (RFC 9068, checked as RFC8725 asks) for reads: \`Authorization: Bearer …\`, or \`DPoP …\` with a proof (RFC 9449)
when the token was asked for with one. Clients are apps; they authenticate with \`private_key_jwt\`. A write needs a request signature,
which covers a token that comes along. The issuer is the public origin; see \`/.well-known/oauth-authorization-server\` there.`

const SESSION_DESCRIPTION = `People who are signed in at the console. Writes carry the header \`Bursar-Csrf\`. \`Bursar-App\` and \`Bursar-Mode\` (\`test\`
unless said) name the app that the session works in; what is allowed there comes from the person's roles.`

/** The third way, open wherever one of the others is. */
export const OF_PEOPLE: Record<string, readonly string[]> = { OperatorSession: [] }

const isOwn = ({ scope }: ScopeText) => scope.endsWith(':own')

export const SECURITY_SCHEMES = {
  RequestSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description: SIGNATURE_DESCRIPTION,
  },
  OperatorSession: {
    type: 'apiKey',
    in: 'cookie',
    name: operatorCookieName('session', true),
    description: SESSION_DESCRIPTION,
  },
  OAuth2: {
    type: 'oauth2',
    description: OAUTH_DESCRIPTION,
    flows: {
      clientCredentials: {
        tokenUrl: `${EXAMPLE_ORIGIN}${OAUTH_PATHS.token}`,
        scopes: describe(SCOPE_TABLE.filter((row) => !isOwn(row))),
      },
      authorizationCode: {
        authorizationUrl: `${EXAMPLE_ORIGIN}${OAUTH_PATHS.authorization}`,
        tokenUrl: `${EXAMPLE_ORIGIN}${OAUTH_PATHS.token}`,
        scopes: describe(SCOPE_TABLE.filter(isOwn)),
      },
    },
  },
}

/** The ways to be allowed one operation, each with the scopes it takes. */
export function securityOf(
  method: string,
  scopes: readonly string[],
  ownScope: string | undefined,
): Record<string, readonly string[]>[] {
  const signed = { RequestSignature: scopes }
  if (method !== 'get') return [signed]
  const ownToken = ownScope === undefined ? [] : [{ OAuth2: [ownScope] }]
  return [signed, { OAuth2: scopes }, ...ownToken]
}

function describe(table: readonly ScopeText[]): Record<string, string> {
  return Object.fromEntries(table.map(({ scope, en }) => [scope, en]))
}
