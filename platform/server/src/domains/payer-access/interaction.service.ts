import { Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { z } from 'zod'
import type { Tenant } from '../../infra/http/caller.js'
import { isOwnScope, type OwnScopeName } from '../../infra/http/own-scopes.js'
import { ClientDirectoryService } from '../identity/client-directory.service.js'
import { AuthorizationServer } from '../oauth/authorization-server.js'
import { PayerAccessError } from './payer-access.errors.js'
import { PayerCookies } from './payer-cookies.js'
import { type PayerSession, PayerSessionService } from './payer-session.service.js'
import { RedirectUriService } from './redirect-uri.service.js'
import { SignInTickets } from './sign-in-ticket.js'

type Details = Awaited<ReturnType<Provider['interactionDetails']>>

/** What an app asks a payer, while the authorization server waits for the answer. */
export interface Interaction extends Tenant {
  readonly details: Details
  readonly app_id: string
  readonly redirect_uri: string
  readonly resource: string
  readonly scopes: readonly OwnScopeName[]
  readonly asksForOpenid: boolean
  readonly path: string
}

const Asked = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  scope: z.string().default(''),
})
const MissingScopes = z
  .looseObject({ missingResourceScopes: z.record(z.string(), z.array(z.string())).optional() })
  .catch({})

/** The authorization server's open questions, and who answers them. */
@Injectable()
export class InteractionService {
  constructor(
    private readonly oauth: AuthorizationServer,
    private readonly clients: ClientDirectoryService,
    private readonly redirectUris: RedirectUriService,
    private readonly sessions: PayerSessionService,
    private readonly cookies: PayerCookies,
    private readonly tickets: SignInTickets,
  ) {}

  /**
   * The question that this browser was sent here with: its cookie and the address must name the same one.
   * @throws PayerAccessError payer_request_expired
   */
  async open(request: FastifyRequest, reply: FastifyReply, uid: string): Promise<Interaction> {
    const provider = await this.oauth.provider()
    const details = await provider.interactionDetails(request.raw, reply.raw)
    if (details.uid !== uid) throw expired()
    const asked = Asked.parse(details.params)
    const app = await this.clients.find(asked.client_id)
    if (!app) throw expired()
    const { institution_id, app_id } = app
    // The address decides in which mode the app asks. It may have been taken off the list meanwhile.
    const livemode = await this.redirectUris.modeOf(institution_id, app_id, asked.redirect_uri)
    if (livemode === null) throw expired()
    const names = asked.scope.split(' ')
    const missing = MissingScopes.parse(details.prompt.details).missingResourceScopes ?? {}
    return {
      institution_id,
      livemode,
      details,
      app_id,
      redirect_uri: asked.redirect_uri,
      resource: Object.keys(missing)[0] ?? '',
      scopes: names.filter(isOwnScope),
      asksForOpenid: names.includes('openid'),
      path: `/payer/interactions/${uid}`,
    }
  }

  /** The payer who is signed in where the app asks; null: whoever it is has to sign in first. */
  async payerOf(request: FastifyRequest, interaction: Interaction): Promise<PayerSession | null> {
    const session = await this.sessions.find(this.cookies.read(request.headers, 'session'))
    const isHere =
      session?.institution_id === interaction.institution_id &&
      session.livemode === interaction.livemode
    if (!session || !isHere) return null
    const { prompt, iat } = interaction.details
    // OpenID Connect Core section 3.1.2.1: prompt=login and max_age want somebody who signs in now.
    const wantsFresh = prompt.reasons.some((reason) => ['login_prompt', 'max_age'].includes(reason))
    const isFresh = session.created_at.getTime() >= Math.floor(iat ?? 0) * 1000
    return wantsFresh && !isFresh ? null : session
  }

  signInPath(interaction: Interaction): string {
    return this.tickets.pathFor(interaction, interaction.path)
  }

  /** The answer; returns where the browser goes on. */
  async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    result: Parameters<Provider['interactionResult']>[2],
  ): Promise<string> {
    const provider = await this.oauth.provider()
    return provider.interactionResult(request.raw, reply.raw, result)
  }

  /** Asks everything again, beginning with who it is. */
  async restart(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const provider = await this.oauth.provider()
    const options = { mergeWithLastSubmission: false }
    return provider.interactionResult(request.raw, reply.raw, {}, options)
  }

  /**
   * The authorization server keeps a session of its own. When it is another payer's, it is ended, or the server
   * would ask the browser to confirm the change with a page of its own.
   */
  async leaveOtherPayer({ details }: Interaction, payerId: string): Promise<void> {
    const { session } = details
    if (!session?.accountId || session.accountId === payerId) return
    const provider = await this.oauth.provider()
    await (await provider.Session.findByUid(session.uid))?.destroy()
    delete details.session
    await details.save(Math.max(1, details.exp - Math.floor(Date.now() / 1000)))
  }
}

function expired(): PayerAccessError {
  return new PayerAccessError(
    'payer_request_expired',
    'This request is over, or not of this browser.',
  )
}
