import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CONFIG, type Config } from '../../infra/config/config.js'
import type { Tenant } from '../../infra/http/caller.js'
import { IdentityService } from '../identity/identity.service.js'
import { PayerService } from '../payers/payer.service.js'
import { renderGrants } from './grants-page.view.js'
import { PayerAccessError } from './payer-access.errors.js'
import { PayerCookies } from './payer-cookies.js'
import type { TokenForm } from './payer-form.schema.js'
import { PayerGrantService } from './payer-grant.service.js'
import { PAGE_TEXTS } from './payer-page.text.js'
import { renderNotice } from './payer-page.view.js'
import { PayerPages } from './payer-pages.js'
import { type PayerSession, PayerSessionService } from './payer-session.service.js'
import { SignInTickets } from './sign-in-ticket.js'

const Query = z
  .looseObject({
    institution: z.string().optional(),
    mode: z.enum(['live', 'test']).optional().catch(undefined),
    revoked: z.string().optional(),
  })
  .catch({})

/** The payer's list of apps with access. */
@Injectable()
export class GrantsPageService {
  constructor(
    private readonly grants: PayerGrantService,
    private readonly sessions: PayerSessionService,
    private readonly cookies: PayerCookies,
    private readonly tickets: SignInTickets,
    private readonly pages: PayerPages,
    private readonly payers: PayerService,
    private readonly identity: IdentityService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async show(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const session = await this.sessionOf(request)
    const query = Query.parse(request.query)
    if (!session || !isOf(session, query)) {
      const path = this.tickets.pathFor(await this.tenantOf(query), '/payer/grants')
      reply.header('cache-control', 'no-store').redirect(path, 303)
      return
    }
    const { payer_id } = session
    const page = renderGrants({
      frame: await this.pages.frameOf(request, session),
      payer_name: await this.payers.displayName(session, payer_id),
      grants: await this.grants.shown(session, payer_id),
      was_revoked: query.revoked !== undefined,
      form_token: this.sessions.formToken(session),
      time_zone: await this.identity.timeZoneOf(session.institution_id),
    })
    this.pages.send(request, reply, page)
  }

  /** Repeating it, or naming somebody else's grant, changes nothing and says nothing. */
  async revoke(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    form: TokenForm,
  ): Promise<void> {
    const session = await this.requireSession(request, form)
    const isRevoked = await this.grants.revoke(session, session.payer_id, id)
    reply.redirect(isRevoked ? '/payer/grants?revoked=1' : '/payer/grants', 303)
  }

  async signOut(request: FastifyRequest, reply: FastifyReply, form: TokenForm): Promise<void> {
    const session = await this.requireSession(request, form)
    await this.sessions.end(session.token)
    this.cookies.remove(reply, 'session')
    reply.redirect('/payer/signed-out', 303)
  }

  async signedOut(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const frame = await this.pages.frameOf(request, null)
    const text = PAGE_TEXTS[frame.language]
    const link = { path: '/payer/grants', label: text.sign_in_again }
    this.pages.send(request, reply, renderNotice(frame, 'success', text.signed_out, link))
  }

  private sessionOf(request: FastifyRequest): Promise<PayerSession | null> {
    return this.sessions.find(this.cookies.read(request.headers, 'session'))
  }

  private async requireSession(request: FastifyRequest, form: TokenForm): Promise<PayerSession> {
    const session = await this.sessionOf(request)
    if (session && this.sessions.isFormToken(session, form.form_token)) return session
    throw new PayerAccessError(
      'payer_form_expired',
      'The form is not of this session.',
      {},
      { retryPath: '/payer/grants' },
    )
  }

  /** Whose payers: those of the address, or of the one institution whose people can sign in here. */
  private async tenantOf({ institution, mode }: z.infer<typeof Query>): Promise<Tenant> {
    const { isSimulated, institutionId } = this.config.payerIdp
    const id = institution ?? institutionId ?? (await this.identity.findFirstInstitution())
    if (id === null || (await this.identity.institutionName(id)) === null) {
      throw new PayerAccessError('payer_sign_in_unavailable', 'There is no such institution.')
    }
    return { institution_id: id, livemode: mode ? mode === 'live' : !isSimulated }
  }
}

/** An address that names another institution or mode wants another sign-in. */
function isOf(session: PayerSession, { institution, mode }: z.infer<typeof Query>): boolean {
  return (
    (institution === undefined || institution === session.institution_id) &&
    (mode === undefined || (mode === 'live') === session.livemode)
  )
}
