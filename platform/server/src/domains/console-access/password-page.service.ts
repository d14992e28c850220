import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { OperatorCredentialService } from '../identity/operators/operator-credential.service.js'
import { ConsoleAccessError } from './console-access.errors.js'
import { assertOwnForm, PasswordForm } from './form.rules.js'
import { IdentityProvider, subjectOf } from './identity-provider.js'
import { renderPassword } from './operator-page.view.js'
import { OperatorPages } from './operator-pages.js'

/** The page of our own identity provider where somebody says who they are, with a password. */
@Injectable()
export class PasswordPageService {
  constructor(
    private readonly identity: IdentityProvider,
    private readonly credentials: OperatorCredentialService,
    private readonly pages: OperatorPages,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws ConsoleAccessError console_sign_in_expired */
  async show(request: FastifyRequest, reply: FastifyReply, uid: string): Promise<void> {
    await this.open(request, reply, uid)
    this.answer(request, reply, '', null, 200)
  }

  /** @throws ConsoleAccessError console_sign_in_expired, console_form_foreign */
  async submit(
    request: FastifyRequest,
    reply: FastifyReply,
    uid: string,
    form: PasswordForm,
  ): Promise<void> {
    assertOwnForm(request, this.config.publicOrigin)
    const details = await this.open(request, reply, uid)
    const { login, password } = form
    const proof = await this.credentials.checkPassword(login, password, request.ip)
    const { sign_in: words } = this.pages.textOf(request)
    switch (proof.kind) {
      case 'wrong':
        return this.answer(request, reply, login, words.wrong, 403)
      case 'locked':
        return this.locked(request, reply, login, proof.waitSeconds)
      case 'proven': {
        const accountId = subjectOf(proof.person)
        await this.leaveOther(details, accountId)
        const { provider } = this.identity
        const result = { login: { accountId, remember: false } }
        const options = { mergeWithLastSubmission: false }
        const path = await provider.interactionResult(request.raw, reply.raw, result, options)
        reply.header('cache-control', 'no-store').redirect(path, 303)
      }
    }
  }

  private locked(
    request: FastifyRequest,
    reply: FastifyReply,
    login: string,
    waitSeconds: number,
  ): void {
    const { sign_in: words } = this.pages.textOf(request)
    reply.header('retry-after', String(waitSeconds))
    this.answer(request, reply, login, words.locked(Math.ceil(waitSeconds / 60)), 429)
  }

  private answer(
    request: FastifyRequest,
    reply: FastifyReply,
    login: string,
    problem: string | null,
    status: number,
  ): void {
    const page = renderPassword(this.pages.frameOf(request), { login, problem })
    this.pages.send(request, reply, page, status)
  }

  /** The question that this browser was sent here with: its cookie and the address must name the same one. */
  private async open(request: FastifyRequest, reply: FastifyReply, uid: string) {
    const details = await this.identity.provider.interactionDetails(request.raw, reply.raw)
    if (details.uid === uid) return details
    throw new ConsoleAccessError('console_sign_in_expired', 'This sign-in is over.')
  }

  /**
   * The library keeps a session of its own. When it is another person's, it is ended, or the library would ask
   * the browser to confirm the change with a page of its own.
   */
  private async leaveOther(
    details: Awaited<ReturnType<PasswordPageService['open']>>,
    accountId: string,
  ): Promise<void> {
    const { session } = details
    if (!session?.accountId || session.accountId === accountId) return
    await (await this.identity.provider.Session.findByUid(session.uid))?.destroy()
    delete details.session
    await details.save(Math.max(1, details.exp - Math.floor(Date.now() / 1000)))
  }
}
