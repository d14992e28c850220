import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { IdentityService } from '../identity/identity.service.js'
import { InvitationService } from '../identity/operators/invitation.service.js'
import { OperatorError } from '../identity/operators/operator.errors.js'
import { OperatorDirectoryService } from '../identity/operators/operator-directory.service.js'
import { ConsoleAccessError } from './console-access.errors.js'
import { assertOwnForm, type JoinForm } from './form.rules.js'
import { renderJoin } from './operator-page.view.js'
import { OperatorPages } from './operator-pages.js'
import { CONSOLE_HOME } from './return-path.rules.js'
import { SignInService } from './sign-in.service.js'

type Invitation = NonNullable<Awaited<ReturnType<InvitationService['findByLink']>>>

/** The page behind an invitation's link: a password, then the second factor, then the console. */
@Injectable()
export class JoinService {
  constructor(
    private readonly invitations: InvitationService,
    private readonly identity: IdentityService,
    private readonly directory: OperatorDirectoryService,
    private readonly signIn: SignInService,
    private readonly pages: OperatorPages,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws ConsoleAccessError console_invitation_over */
  async show(request: FastifyRequest, reply: FastifyReply, token: string): Promise<void> {
    await this.answer(request, reply, await this.find(token), null, 200)
  }

  /** @throws ConsoleAccessError console_invitation_over, console_form_foreign */
  async submit(
    request: FastifyRequest,
    reply: FastifyReply,
    token: string,
    form: JoinForm,
  ): Promise<void> {
    assertOwnForm(request, this.config.publicOrigin)
    const invitation = await this.find(token)
    if (this.isCampus(invitation)) return this.answer(request, reply, invitation, null, 403)
    const { join: words } = this.pages.textOf(request)
    // Both were typed by the same person a moment ago: there is nothing to guess.
    const { password: chosen, again } = form
    if (chosen !== again) {
      return this.answer(request, reply, invitation, words.differs, 400)
    }
    const proven = await this.accept(invitation, chosen)
    if (proven === null) return this.answer(request, reply, invitation, words.weak, 400)
    const person = await this.directory.find(proven)
    if (!person) throw over()
    const path = await this.signIn.proceed(request, reply, person, 'local', CONSOLE_HOME)
    reply.header('cache-control', 'no-store').redirect(path, 303)
  }

  /** Null: the password is too weak. */
  private async accept(invitation: Invitation, password: string) {
    try {
      return await this.invitations.accept(invitation, password)
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error
      if (error.code === 'operator_password_weak') return null
      throw over()
    }
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    invitation: Invitation,
    problem: string | null,
    status: number,
  ): Promise<void> {
    const page = renderJoin(this.pages.frameOf(request), {
      institution: (await this.identity.institutionName(invitation.institution_id)) ?? '',
      login: invitation.login,
      is_campus: this.isCampus(invitation),
      problem,
    })
    this.pages.send(request, reply, page, status)
  }

  private isCampus({ institution_id }: Invitation): boolean {
    return this.config.operatorIdp?.institutionId === institution_id
  }

  private async find(token: string): Promise<Invitation> {
    const invitation = await this.invitations.findByLink(token)
    if (!invitation) throw over()
    return invitation
  }
}

function over(): ConsoleAccessError {
  return new ConsoleAccessError('console_invitation_over', 'This invitation is over, or was none.')
}
