import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONFIG, type Config } from '../../infra/config/config.js'
import type { OperatorIdp } from '../../infra/config/operator-idp.config.js'
import { readOperatorCookie, writeOperatorCookie } from '../../infra/http/operator-cookie.js'
import { reportSecurityEvent } from '../../infra/logging/security-log.js'
import { InvitationService } from '../identity/operators/invitation.service.js'
import { newTotpSecret } from '../identity/operators/one-time-code.rules.js'
import type { SignInMethod } from '../identity/operators/operator.types.js'
import { loginOf, type ProvenPerson } from '../identity/operators/operator-credential.service.js'
import {
  type KnownPerson,
  OperatorDirectoryService,
} from '../identity/operators/operator-directory.service.js'
import {
  OperatorSessionService,
  SESSION_SECONDS,
} from '../identity/operators/operator-session.service.js'
import { ConsoleAccessError } from './console-access.errors.js'
import { personOf } from './identity-provider.js'
import { OperatorSignInStates } from './operator.strategy.js'
import { PendingSignIns } from './pending-sign-in.js'

const LOGIN_LENGTH_MAX = 200

/** From "the identity provider says who it is" to a session: is it one of ours, and is a second factor due? */
@Injectable()
export class SignInService {
  private readonly isSecure: boolean

  constructor(
    private readonly directory: OperatorDirectoryService,
    private readonly invitations: InvitationService,
    private readonly sessions: OperatorSessionService,
    private readonly states: OperatorSignInStates,
    private readonly pendings: PendingSignIns,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.isSecure = config.publicOrigin.startsWith('https:')
  }

  /** @throws ConsoleAccessError console_sign_in_failed, console_person_unknown */
  async finish(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { operatorSignIn: signIn } = request
    this.states.forget(reply)
    if (!signIn) {
      throw new ConsoleAccessError(
        'console_sign_in_failed',
        'This page was opened without signing in.',
      )
    }
    const { operatorIdp } = this.config
    const claims = new Map<string, unknown>(Object.entries(signIn.claims))
    const person = operatorIdp
      ? await this.campusPerson(operatorIdp, claims.get(operatorIdp.loginClaim))
      : await this.localPerson(claims.get('sub'))
    if (!person) {
      reportSecurityEvent('operator_sign_in_failed', { reason: 'person_unknown' })
      throw new ConsoleAccessError(
        'console_person_unknown',
        'The identity provider knows this person; here they are nobody, or may not sign in any more.',
      )
    }
    const method = operatorIdp ? 'campus' : 'local'
    const path = await this.proceed(request, reply, person, method, signIn.return_path)
    reply.header('cache-control', 'no-store').redirect(path, 303)
  }

  /** A session, or the page where the second factor is asked for or set up. Answers where to go. */
  async proceed(
    request: FastifyRequest,
    reply: FastifyReply,
    person: KnownPerson,
    method: SignInMethod,
    returnPath: string,
  ): Promise<string> {
    const { institution_id, operator_id } = person
    const isTheirs = method === 'campus' && this.config.operatorIdp?.hasSecondFactor === true
    const pending = { institution_id, operator_id, method, return_path: returnPath }
    if (!isTheirs && person.has_second_factor) {
      this.pendings.keep(reply, pending)
      return '/console/second-factor'
    }
    if (!isTheirs && person.needs_second_factor) {
      this.pendings.keep(reply, { ...pending, new_secret: newTotpSecret() })
      return '/console/second-factor/enrol'
    }
    await this.open(request, reply, person, { method, hasSecondFactor: isTheirs })
    return returnPath
  }

  /** The person has proved everything that is asked of them. */
  async open(
    request: FastifyRequest,
    reply: FastifyReply,
    { institution_id, operator_id }: ProvenPerson,
    how: { readonly method: SignInMethod; readonly hasSecondFactor: boolean },
  ): Promise<void> {
    const { isSecure } = this
    const oldToken = readOperatorCookie(request.headers, 'session', isSecure)
    const token = await this.sessions.open(
      {
        ...{ institution_id, operator_id, method: how.method },
        has_second_factor: how.hasSecondFactor,
        caller_address: request.ip,
        user_agent: request.headers['user-agent'] ?? null,
      },
      oldToken,
    )
    this.pendings.forget(reply)
    writeOperatorCookie(reply, 'session', token, { isSecure, maxAgeSeconds: SESSION_SECONDS })
  }

  private async localPerson(subject: unknown): Promise<KnownPerson | null> {
    const person = personOf(subject)
    return person && this.directory.find(person)
  }

  /** Somebody who was asked to join joins by signing in: the institution's own provider vouches for them. */
  private async campusPerson(
    { institutionId }: OperatorIdp,
    claim: unknown,
  ): Promise<KnownPerson | null> {
    if (typeof claim !== 'string' || claim.trim() === '' || claim.length > LOGIN_LENGTH_MAX) {
      return null
    }
    const login = loginOf(claim)
    if (await this.directory.isKnown(institutionId, login)) {
      return this.directory.findByLogin(institutionId, login)
    }
    const invitation = await this.invitations.findOpen(institutionId, login)
    return invitation && this.directory.find(await this.invitations.accept(invitation, null))
  }
}
