import { Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { IdentityService } from '../identity/identity.service.js'
import { AuthorizationServer } from '../oauth/authorization-server.js'
import { PayerService } from '../payers/payer.service.js'
import { renderConsent } from './consent-page.view.js'
import { type Interaction, InteractionService } from './interaction.service.js'
import { PayerAccessError } from './payer-access.errors.js'
import type { DecisionForm } from './payer-form.schema.js'
import { PayerGrantService } from './payer-grant.service.js'
import { PayerPages } from './payer-pages.js'
import { type PayerSession, PayerSessionService } from './payer-session.service.js'

/** A payer is asked: sign in, then allow or refuse. What was allowed before is not asked again. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly interactions: InteractionService,
    private readonly grants: PayerGrantService,
    private readonly sessions: PayerSessionService,
    private readonly payers: PayerService,
    private readonly identity: IdentityService,
    private readonly oauth: AuthorizationServer,
    private readonly pages: PayerPages,
  ) {}

  async show(request: FastifyRequest, reply: FastifyReply, uid: string): Promise<void> {
    const interaction = await this.interactions.open(request, reply, uid)
    const payer = await this.interactions.payerOf(request, interaction)
    if (!payer) return go(reply, this.interactions.signInPath(interaction))
    if (interaction.details.prompt.name === 'login') {
      return go(reply, await this.logIn(request, reply, interaction, payer))
    }
    if (!this.isSamePayer(interaction, payer)) {
      return go(reply, await this.interactions.restart(request, reply))
    }
    await this.ask(request, reply, interaction, payer)
  }

  /** @throws PayerAccessError payer_form_expired, payer_request_expired */
  async decide(
    request: FastifyRequest,
    reply: FastifyReply,
    uid: string,
    form: DecisionForm,
  ): Promise<void> {
    const interaction = await this.interactions.open(request, reply, uid)
    const payer = await this.interactions.payerOf(request, interaction)
    const isAsked = interaction.details.prompt.name === 'consent'
    if (!payer || !isAsked || !this.isSamePayer(interaction, payer)) throw formExpired()
    if (!this.sessions.isFormToken(payer, form.form_token)) throw formExpired()
    if (form.decision === 'switch') {
      await this.sessions.end(payer.token)
      return go(reply, await this.interactions.restart(request, reply))
    }
    const result =
      form.decision === 'allow'
        ? { consent: { grantId: await this.allow(interaction, payer) } }
        : { error: 'access_denied', error_description: 'the payer did not allow it' }
    go(reply, await this.interactions.answer(request, reply, result))
  }

  private async logIn(
    request: FastifyRequest,
    reply: FastifyReply,
    interaction: Interaction,
    payer: PayerSession,
  ): Promise<string> {
    const { payer_id: accountId } = payer
    await this.interactions.leaveOtherPayer(interaction, accountId)
    const grant = await this.grants.standing(interaction, accountId, interaction.app_id)
    return this.interactions.answer(request, reply, {
      login: { accountId, remember: false },
      ...(grant ? { consent: { grantId: grant.id } } : {}),
    })
  }

  private async ask(
    request: FastifyRequest,
    reply: FastifyReply,
    interaction: Interaction,
    payer: PayerSession,
  ): Promise<void> {
    const { institution_id, app_id, scopes, redirect_uri } = interaction
    const { app_name, department_name } = await this.identity.describeApp(institution_id, app_id)
    const grant = await this.grants.standing(interaction, payer.payer_id, app_id)
    const isAllowed = (scope: string) => grant?.scopes.includes(scope) ?? false
    const page = renderConsent({
      frame: await this.pages.frameOf(request, interaction),
      app_name,
      department_name,
      payer_name: await this.payers.displayName(interaction, payer.payer_id),
      asked: scopes.filter((scope) => !isAllowed(scope)),
      allowed: scopes.filter(isAllowed),
      action: `${interaction.path}/decision`,
      return_host: new URL(redirect_uri).host,
      form_token: this.sessions.formToken(payer),
    })
    this.pages.send(request, reply, page, { formTarget: redirect_uri })
  }

  /** Two stores, and a death between them leaves a grant of the server's that no row names: it opens nothing. */
  private async allow(interaction: Interaction, payer: PayerSession): Promise<string> {
    const { app_id, resource, scopes, asksForOpenid } = interaction
    const provider = await this.oauth.provider()
    const { payer_id: accountId } = payer
    const known = await this.grants.standing(interaction, accountId, app_id)
    const grant =
      (known && (await provider.Grant.find(known.id))) ??
      new provider.Grant({ accountId, clientId: app_id })
    if (resource !== '') grant.addResourceScope(resource, scopes.join(' '))
    if (asksForOpenid) grant.addOIDCScope('openid')
    const id = await grant.save()
    const saved = await this.grants.allow(interaction, accountId, app_id, { id, scopes })
    return saved.id
  }

  /** Between the two questions somebody else may have signed in, in another window. */
  private isSamePayer({ details }: Interaction, payer: PayerSession): boolean {
    return details.session?.accountId === payer.payer_id
  }
}

function go(reply: FastifyReply, location: string): void {
  reply
    .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    .redirect(location, 303)
}

function formExpired(): PayerAccessError {
  return new PayerAccessError('payer_form_expired', 'The form is not of this session.')
}
