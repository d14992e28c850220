import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import QRCode from 'qrcode'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { totpAddress } from '../identity/operators/one-time-code.rules.js'
import { OperatorCredentialService } from '../identity/operators/operator-credential.service.js'
import {
  type KnownPerson,
  OperatorDirectoryService,
} from '../identity/operators/operator-directory.service.js'
import { ConsoleAccessError } from './console-access.errors.js'
import { assertOwnForm, type CodeForm } from './form.rules.js'
import { renderCode, renderEnrol, renderRecoveryCodes } from './operator-page.view.js'
import { OperatorPages } from './operator-pages.js'
import { type PendingSignIn, PendingSignIns } from './pending-sign-in.js'
import { SignInService } from './sign-in.service.js'

interface Half {
  readonly pending: PendingSignIn
  readonly person: KnownPerson
}

/** The second half of a sign-in: the code of a phone, or setting that up. */
@Injectable()
export class SecondFactorService {
  constructor(
    private readonly pendings: PendingSignIns,
    private readonly directory: OperatorDirectoryService,
    private readonly credentials: OperatorCredentialService,
    private readonly signIn: SignInService,
    private readonly pages: OperatorPages,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws ConsoleAccessError console_sign_in_expired */
  async show(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.half(request)
    this.pages.send(request, reply, renderCode(this.pages.frameOf(request), null))
  }

  /** @throws ConsoleAccessError console_sign_in_expired, console_form_foreign */
  async submit(request: FastifyRequest, reply: FastifyReply, form: CodeForm): Promise<void> {
    assertOwnForm(request, this.config.publicOrigin)
    const { pending, person } = await this.half(request)
    const proof = await this.credentials.checkSecondFactor(person, form.code, request.ip)
    if (proof.kind !== 'proven') {
      const text = this.pages.textOf(request)
      const isLocked = proof.kind === 'locked'
      const minutes = isLocked ? Math.ceil(proof.waitSeconds / 60) : 0
      const problem = isLocked ? text.sign_in.locked(minutes) : text.code.wrong
      const page = renderCode(this.pages.frameOf(request), problem)
      return this.pages.send(request, reply, page, isLocked ? 429 : 403)
    }
    await this.signIn.open(request, reply, person, {
      method: pending.method,
      hasSecondFactor: true,
    })
    reply.header('cache-control', 'no-store').redirect(pending.return_path, 303)
  }

  /** @throws ConsoleAccessError console_sign_in_expired */
  async showEnrol(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { person, pending } = await this.half(request)
    await this.enrolPage(request, reply, { person, pending }, null, 200)
  }

  /** @throws ConsoleAccessError console_sign_in_expired, console_form_foreign */
  async enrol(request: FastifyRequest, reply: FastifyReply, form: CodeForm): Promise<void> {
    assertOwnForm(request, this.config.publicOrigin)
    const { pending, person } = await this.half(request)
    const { method, return_path } = pending
    if (form.action === 'skip' && person.is_demo) {
      await this.signIn.open(request, reply, person, { method, hasSecondFactor: false })
      reply.header('cache-control', 'no-store').redirect(return_path, 303)
      return
    }
    const codes =
      pending.new_secret === undefined
        ? null
        : await this.credentials.enrol(person, pending.new_secret, form.code)
    if (codes === null) {
      const { enrol: words } = this.pages.textOf(request)
      return this.enrolPage(request, reply, { person, pending }, words.wrong, 403)
    }
    await this.signIn.open(request, reply, person, { method, hasSecondFactor: true })
    const page = renderRecoveryCodes(this.pages.frameOf(request), { codes, return_path })
    this.pages.send(request, reply, page)
  }

  private async enrolPage(
    request: FastifyRequest,
    reply: FastifyReply,
    { person, pending }: Half,
    problem: string | null,
    status: number,
  ): Promise<void> {
    const { new_secret: secret } = pending
    // Who has a second factor already changes it elsewhere, and proves it first.
    if (secret === undefined || person.has_second_factor) throw expired()
    const address = totpAddress(secret, person.login, `OpenBursar ${person.institution_name}`)
    const qr_svg = await QRCode.toString(address, { type: 'svg', margin: 2 })
    const page = { secret, qr_svg, is_demo: person.is_demo, problem }
    this.pages.send(request, reply, renderEnrol(this.pages.frameOf(request), page), status)
  }

  private async half(request: FastifyRequest): Promise<Half> {
    const pending = this.pendings.read(request.headers)
    const person = pending && (await this.directory.find(pending))
    if (!pending || !person) throw expired()
    return { pending, person }
  }
}

function expired(): ConsoleAccessError {
  return new ConsoleAccessError(
    'console_sign_in_expired',
    'This sign-in is over, or was begun in another browser.',
  )
}
