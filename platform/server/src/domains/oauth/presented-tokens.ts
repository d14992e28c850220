import { randomUUID } from 'node:crypto'
import type { AdapterPayload, KoaContextWithOIDC } from 'oidc-provider'
import type { AccessTokenClaims, OwnTokenClaims } from '../../infra/oauth/access-token.js'
import type { AccessTokenVerifier } from '../../infra/oauth/access-token.verifier.js'
import type { RevokedTokens } from '../../infra/oauth/revoked-tokens.js'

interface Presented {
  /** What stands for the token within this one request; nobody outside ever sees it. */
  readonly handle: string
  readonly kind: 'AccessToken' | 'ClientCredentials'
  readonly payload: AdapterPayload
}

/**
 * Introspection and revocation of tokens that are not stored. The library's endpoints know tokens by an id
 * under which they were saved, and refuse JWTs. Once the client is authenticated, its JWT is verified and
 * exchanged for a handle that the adapter resolves, in the same request, to what the token says.
 */
export class PresentedTokens {
  private readonly presented = new WeakMap<object, Presented>()

  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly revoked: RevokedTokens,
  ) {}

  /** A token that is not valid is exchanged too, for a handle of nothing: the library's answer is "not active". */
  async exchange(ctx: KoaContextWithOIDC): Promise<void> {
    const { params } = ctx.oidc
    if (!params || typeof params.token !== 'string') return
    const reading = await this.verifier.read(params.token)
    const handle = randomUUID()
    params.token = handle
    if (reading.kind !== 'valid') return
    const { claims } = reading
    if (await this.revoked.hasAny([claims.jti, claims.grant_id ?? claims.jti])) return
    const kind = claims.payer_id === undefined ? 'ClientCredentials' : 'AccessToken'
    this.presented.set(ctx, { handle, kind, payload: payloadOf(kind, claims) })
  }

  find(ctx: object | undefined, kind: string, id: string): AdapterPayload | undefined {
    const presented = ctx && this.presented.get(ctx)
    return presented?.handle === id && presented.kind === kind ? presented.payload : undefined
  }
}

/** The claims in the library's words. */
function payloadOf(kind: Presented['kind'], claims: AccessTokenClaims): AdapterPayload {
  const { jti, iat, exp, aud, scope, client_id, cnf, payer_id, grant_id } = claims
  return {
    kind,
    jti,
    iat,
    exp,
    aud,
    scope,
    clientId: client_id,
    extra: { ...ownClaimsOf(claims) },
    ...(cnf ? { jkt: cnf.jkt } : {}),
    ...(payer_id === undefined ? {} : { accountId: payer_id }),
    ...(grant_id === undefined ? {} : { grantId: grant_id }),
  }
}

function ownClaimsOf(claims: AccessTokenClaims): OwnTokenClaims {
  const { livemode, institution_id, app_id, key_id, payer_id, grant_id } = claims
  return {
    livemode,
    institution_id,
    app_id,
    key_id,
    ...(payer_id === undefined ? {} : { payer_id }),
    ...(grant_id === undefined ? {} : { grant_id }),
  }
}
