import type { IncomingMessage, ServerResponse } from 'node:http'
import { Inject, Injectable, Logger } from '@nestjs/common'
import Provider, { type KoaContextWithOIDC } from 'oidc-provider'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { type PlatformKey, PlatformKeys } from '../../infra/crypto/platform-keys.js'
import { Vault } from '../../infra/crypto/vault.js'
import { isDatabaseAway } from '../../infra/database/database-away.js'
import type { AssertingApp } from '../../infra/http/request.js'
import { issuerOf } from '../../infra/oauth/access-token.js'
import { AccessTokenVerifier } from '../../infra/oauth/access-token.verifier.js'
import { OauthRecords } from '../../infra/oauth/oauth-records.js'
import { ReplayMarks } from '../../infra/oauth/replay-marks.js'
import { RevokedTokens } from '../../infra/oauth/revoked-tokens.js'
import { assert } from '../../kernel/assert.js'
import { ClientDirectoryService } from '../identity/client-directory.service.js'
import { ClientAuthentication } from './client-authentication.js'
import { OauthClients } from './oauth-clients.js'
import { completeMetadata } from './oauth-metadata.js'
import type { PayerAccess } from './payer-access.port.js'
import { PresentedTokens } from './presented-tokens.js'
import type { AdapterStores } from './provider.adapter.js'
import { providerConfiguration } from './provider.configuration.js'
import { speakFor } from './provider.origin.js'
import { ProviderPolicy } from './provider.policy.js'
import { useReplayMarks } from './provider.replay.js'

export const RETRY_AFTER_SECONDS = 2
export const TEMPORARILY_UNAVAILABLE = {
  error: 'temporarily_unavailable',
  error_description: 'The platform is briefly unavailable. Try again.',
} as const

interface Running {
  readonly kid: string
  readonly provider: Provider
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

/**
 * The OAuth2 authorization server. Everything it must remember is in PostgreSQL, so any number of processes
 * serve one issuer; a provider is built anew when another signing key's time has come.
 */
@Injectable()
export class AuthorizationServer {
  private readonly logger = new Logger('AuthorizationServer')
  private readonly cookieKey: string
  private readonly stores: AdapterStores
  private readonly policy: ProviderPolicy
  private readonly authentication: ClientAuthentication
  private payerAccess: PayerAccess | null = null
  private running: Running | undefined

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly keys: PlatformKeys,
    private readonly marks: ReplayMarks,
    vault: Vault,
    directory: ClientDirectoryService,
    records: OauthRecords,
    revoked: RevokedTokens,
    verifier: AccessTokenVerifier,
  ) {
    const { publicOrigin } = config
    const payerAccess = () => this.payerAccess
    const presented = new PresentedTokens(verifier, revoked)
    this.authentication = new ClientAuthentication(directory, issuerOf(publicOrigin))
    const clients = new OauthClients(directory, payerAccess)
    this.cookieKey = vault.purposeKey('oauth-cookies').toString('base64url')
    this.stores = { clients, records, revoked, presented }
    this.policy = new ProviderPolicy(
      publicOrigin,
      directory,
      this.authentication,
      presented,
      payerAccess,
    )
  }

  /** From now on apps can ask payers for access. Called once, at the start. */
  delegate(payerAccess: PayerAccess): void {
    assert(this.payerAccess === null, 'one module knows payers and their grants')
    this.payerAccess = payerAccess
  }

  /** For the pages where a payer signs in and consents: `interactionDetails` and `interactionFinished`. */
  async provider(): Promise<Provider> {
    return (await this.current()).provider
  }

  /** Answers one request. Its body must not have been read. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { handle } = await this.current()
    await handle(request, response)
  }

  /** The app that authenticated with this request, for the request log. */
  assertingApp(request: IncomingMessage): AssertingApp | null {
    const client = this.authentication.findByRequest(request)
    if (!client) return null
    const { institution_id, department_id, app_id } = client.app
    const { livemode, id: key_id } = client.key
    return { institution_id, department_id, app_id, livemode, key_id }
  }

  private async current(): Promise<Running> {
    const signingKey = await this.keys.signer('token')
    if (this.running?.kid !== signingKey.jwk.kid) this.running = this.build(signingKey)
    return this.running
  }

  private build(signingKey: PlatformKey): Running {
    const { publicOrigin } = this.config
    const { cookieKey, stores, policy } = this
    const provider = new Provider(
      issuerOf(publicOrigin),
      providerConfiguration({ publicOrigin, signingKey, cookieKey, stores, policy }),
    )
    speakFor(provider, publicOrigin)
    useReplayMarks(provider, this.marks)
    provider.use(completeMetadata)
    const report = (err: unknown) =>
      this.logger.error({ err, msg: 'the authorization server failed' })
    provider.on('server_error', (ctx: KoaContextWithOIDC, error: Error) => {
      report(error)
      if (isDatabaseAway(error)) answerUnavailable(ctx)
    })
    provider.onerror = report
    return { kid: signingKey.jwk.kid, provider, handle: provider.callback() }
  }
}

/** A database that is away for a moment is no fault of the request: it may be sent again. */
function answerUnavailable(ctx: KoaContextWithOIDC): void {
  ctx.status = 503
  ctx.set('retry-after', String(RETRY_AFTER_SECONDS))
  ctx.body = TEMPORARILY_UNAVAILABLE
}
