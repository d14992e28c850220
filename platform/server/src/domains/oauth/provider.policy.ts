import type { IncomingMessage } from 'node:http'
import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import {
  ACCESS_TOKEN_SECONDS,
  apiResourceOf,
  type OwnTokenClaims,
} from '../../infra/oauth/access-token.js'
import type { ClientDirectoryService } from '../identity/client-directory.service.js'
import type { AuthenticatedClient, ClientAuthentication } from './client-authentication.js'
import type { PayerAccess } from './payer-access.port.js'
import type { PresentedTokens } from './presented-tokens.js'
import { excessScope, scopesOf } from './token-scopes.rules.js'

/** The part of a token that decisions about it need. */
interface TokenToJudge {
  readonly kind: string
  readonly clientId?: string | undefined
  readonly accountId?: string | undefined
  readonly grantId?: string | undefined
  readonly extra?: unknown
}

/** What the provider asks us on the way to a token: who is it, what may they have, what does the token say. */
export class ProviderPolicy {
  private readonly resources: ReadonlySet<string>

  constructor(
    private readonly publicOrigin: string,
    private readonly directory: ClientDirectoryService,
    private readonly authentication: ClientAuthentication,
    private readonly presented: PresentedTokens,
    private readonly payerAccess: () => PayerAccess | null,
  ) {
    // RFC 9728: whoever finds the metadata of the origin asks for the origin; it is the same API.
    this.resources = new Set([apiResourceOf(publicOrigin), publicOrigin, `${publicOrigin}/`])
  }

  /** Every call of token, introspection, revocation and pushed requests passes here, and none without a key. */
  async authenticate(
    ctx: KoaContextWithOIDC,
    claims: Readonly<Record<string, unknown>>,
    header: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const client = await this.authentication.check(ctx, { claims, header })
    const { params, route } = ctx.oidc
    if (!params) return
    if (route === 'introspection' || route === 'revocation') await this.presented.exchange(ctx)
    if (isForApp(ctx) && params.scope === undefined) {
      // RFC 6749 section 3.3: who names no scope gets all that this key may have.
      params.scope = allowedFor('app', client).join(' ') || undefined
    }
  }

  /**
   * RFC 8707: the one resource there is, and what may be asked for there. An app asks with its key's scopes;
   * at the authorization endpoint, where no key speaks, with those that the app can get from a payer.
   */
  async resourceServer(
    ctx: KoaContextWithOIDC,
    indicator: string,
    clientId: string,
  ): Promise<ResourceServer> {
    if (!this.resources.has(indicator)) throw new errors.InvalidTarget()
    const kind = isForApp(ctx) ? 'app' : 'payer'
    const client = this.authentication.find(ctx)
    const allowed = client ? allowedFor(kind, client) : await this.allowedForPayer(clientId)
    const excess = excessScope(kind, ctx.oidc.requestParamScopes, allowed)
    if (excess !== null) throw new errors.InvalidScope('requested scope is not allowed', excess)
    return {
      audience: apiResourceOf(this.publicOrigin),
      scope: allowed.join(' '),
      accessTokenTTL: ACCESS_TOKEN_SECONDS,
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg: 'EdDSA' } },
    }
  }

  /** What our tokens say beyond RFC 9068. The mode is that of the key. */
  async ownClaims(ctx: KoaContextWithOIDC, token: TokenToJudge): Promise<OwnTokenClaims> {
    const { app, key } = this.authentication.of(ctx)
    const { institution_id, app_id } = app
    const claims = { livemode: key.livemode, institution_id, app_id, key_id: key.id }
    if (token.kind !== 'AccessToken') return claims
    const { grantId = '', accountId = '' } = token
    const granted = await this.payerAccess()?.grantClaims(grantId, accountId)
    if (!granted) throw new errors.InvalidGrant('the payer has taken the grant back')
    if (granted.livemode !== key.livemode) {
      throw new errors.InvalidGrant(
        'the code was asked for in the other mode: use a key of that mode',
      )
    }
    return { ...claims, payer_id: granted.payer_id, grant_id: granted.grant_id }
  }

  /** Whether a presented token was issued to this client, in the mode of the key it speaks with. */
  isOwnToken(ctx: KoaContextWithOIDC, token: TokenToJudge): boolean {
    const { app, key } = this.authentication.of(ctx)
    if (token.clientId !== app.app_id) return false
    const { extra } = token
    return (
      typeof extra === 'object' &&
      extra !== null &&
      'livemode' in extra &&
      extra.livemode === key.livemode
    )
  }

  async findAccount(accountId: string) {
    const isPayer = await this.payerAccess()?.isPayer(accountId)
    return isPayer ? { accountId, claims: async () => ({ sub: accountId }) } : undefined
  }

  interactionPath(uid: string): string {
    const payerAccess = this.payerAccess()
    if (!payerAccess) throw new errors.AccessDenied('payers cannot be asked here')
    return payerAccess.interactionPath(uid)
  }

  /** In the look of the pages that payers know; null while there are none. */
  errorPage(request: IncomingMessage, reason: string): string | null {
    return this.payerAccess()?.errorPage(request, reason) ?? null
  }

  private async allowedForPayer(clientId: string): Promise<readonly string[]> {
    const app = await this.directory.find(clientId)
    return app ? scopesOf('payer', app.scopes) : []
  }
}

/** The app asks for itself, not on behalf of a payer. */
function isForApp(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.route === 'token' && ctx.oidc.params?.grant_type === 'client_credentials'
}

function allowedFor(kind: 'app' | 'payer', { key }: AuthenticatedClient): readonly string[] {
  return scopesOf(kind, key.app_scopes, key.scopes)
}
