import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONFIG, type Config } from '../../../infra/config/config.js'
import type { Caller, CallerOperator } from '../../../infra/http/caller.js'
import { writeOperatorCookie } from '../../../infra/http/operator-cookie.js'
import {
  listFilterOf,
  toWireList,
  type WireList,
  wireTime,
} from '../../../infra/http/wire.schema.js'
import { assert } from '../../../kernel/assert.js'
import { isId } from '../../../kernel/id.js'
import { toPage } from '../../../kernel/pagination.js'
import { OperatorError } from './operator.errors.js'
import { OperatorRepository } from './operator.repository.js'
import type { OperatorSessionRow } from './operator.types.js'
import { OperatorCredentialService, type Proof } from './operator-credential.service.js'
import { OperatorSessionService, SESSION_SECONDS } from './operator-session.service.js'
import type {
  ChangePassword,
  OwnSession,
  OwnSessionListQuery,
  StepUpSession,
} from './own-session.schema.js'
import type { Session } from './session.schema.js'
import { SessionViewService } from './session-view.service.js'
import { SignOutService } from './sign-out.service.js'

/** What people do with their own sessions and their own proofs of who they are. */
@Injectable()
export class OwnSessionService {
  private readonly isSecure: boolean

  constructor(
    private readonly sessions: OperatorSessionService,
    private readonly operators: OperatorRepository,
    private readonly credentials: OperatorCredentialService,
    private readonly views: SessionViewService,
    private readonly signOut: SignOutService,
    @Inject(CONFIG) config: Config,
  ) {
    this.isSecure = config.publicOrigin.startsWith('https:')
  }

  async list(caller: Caller, query: OwnSessionListQuery): Promise<WireList<OwnSession>> {
    const filter = listFilterOf(query)
    const rows = await this.sessions.list(ownerOf(caller), filter)
    return toWireList(toPage(rows, filter.limit), (row) => toWire(caller, row))
  }

  /** @throws OperatorError session_not_found */
  async end(caller: Caller, id: string, reply: FastifyReply): Promise<void> {
    const isEnded = isId(id, 'ses') && (await this.sessions.endOne(ownerOf(caller), id, 'revoked'))
    if (!isEnded) {
      throw new OperatorError('session_not_found', `No such session, or it is not yours: ${id}.`)
    }
    if (id === personOf(caller).session_id) this.signOut.forget(reply)
  }

  /** Everywhere, here as well. */
  async endAll(caller: Caller, reply: FastifyReply): Promise<void> {
    await this.sessions.endAll(ownerOf(caller), 'signed_out_everywhere')
    this.signOut.forget(reply)
  }

  /**
   * The session goes on under a new token and a new csrf_token.
   * @throws OperatorError session_proof_wrong, session_proof_locked, session_proof_missing
   */
  async stepUp(
    caller: Caller,
    body: StepUpSession,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Session> {
    const owner = ownerOf(caller)
    const hasSecondFactor = await this.credentials.hasSecondFactor(owner)
    const given = hasSecondFactor ? body.otp : body.password
    if (given === undefined) {
      throw new OperatorError(
        'session_proof_missing',
        hasSecondFactor
          ? 'Send a one-time code of your authenticator as otp.'
          : 'Send your password as password. Whoever has none here signs in anew.',
      )
    }
    const proof = hasSecondFactor
      ? await this.credentials.checkSecondFactor(owner, given, request.ip)
      : await this.credentials.checkOwnPassword(owner, given, request.ip)
    requireProven(proof)
    return this.renew(caller, hasSecondFactor, reply)
  }

  /**
   * Every other session of this person ends.
   * @throws OperatorError session_proof_wrong, session_proof_locked, operator_password_weak
   */
  async changePassword(
    caller: Caller,
    body: ChangePassword,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Session> {
    const owner = ownerOf(caller)
    const row = await this.operators.find(owner.institution_id, owner.operator_id)
    assert(row, 'whoever is signed in is somebody')
    requireProven(await this.credentials.checkOwnPassword(owner, body.password, request.ip))
    await this.credentials.setPassword(owner, row.login, body.new_password)
    await this.sessions.endAll(owner, 'password_changed', personOf(caller).session_id)
    return this.renew(caller, false, reply)
  }

  /** The next sign-in sets up a new second factor; until then roles that ask for one are not there. */
  async resetSecondFactor(caller: Caller, reply: FastifyReply): Promise<void> {
    await this.credentials.resetSecondFactor(ownerOf(caller))
    await this.endAll(caller, reply)
  }

  private async renew(
    caller: Caller,
    hasSecondFactor: boolean,
    reply: FastifyReply,
  ): Promise<Session> {
    const { session_id: id } = personOf(caller)
    const session = { institution_id: caller.institution_id, id }
    const token = await this.sessions.renew(session, hasSecondFactor)
    if (token === null) throw new OperatorError('session_not_found', 'Your session is over.')
    const { isSecure } = this
    writeOperatorCookie(reply, 'session', token, { isSecure, maxAgeSeconds: SESSION_SECONDS })
    return this.views.ofToken(caller, token)
  }
}

function personOf({ operator }: Caller): CallerOperator {
  assert(operator, 'only people have sessions')
  return operator
}

function ownerOf(caller: Caller) {
  const { operator_id } = personOf(caller)
  return { institution_id: caller.institution_id, operator_id }
}

function requireProven(proof: Proof): void {
  switch (proof.kind) {
    case 'proven':
      return
    case 'wrong':
      throw new OperatorError(
        'session_proof_wrong',
        'This is not right, or the code was used before. Wait for the next code, then try again.',
      )
    case 'locked':
      throw new OperatorError(
        'session_proof_locked',
        'Too many wrong tries. Wait, then try again.',
        {
          retryAfterSeconds: proof.waitSeconds,
        },
      )
  }
}

function toWire(caller: Caller, row: OperatorSessionRow): OwnSession {
  return {
    id: row.id,
    object: 'session_entry',
    livemode: caller.livemode,
    created_at: wireTime(row.created_at),
    metadata: {},
    is_current: row.id === personOf(caller).session_id,
    method: row.method,
    has_second_factor: row.second_factor_at !== null,
    last_used_at: wireTime(row.last_used_at),
    expires_at: wireTime(row.expires_at),
    caller_address: row.caller_address,
    user_agent: row.user_agent,
  }
}
