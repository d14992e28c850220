import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { CONFIG, type Config } from '../../../infra/config/config.js'
import type { Caller } from '../../../infra/http/caller.js'
import { writeOperatorCookie } from '../../../infra/http/operator-cookie.js'
import { assert } from '../../../kernel/assert.js'
import { OperatorSessionService } from './operator-session.service.js'

/** The end of a session at its owner's wish. */
@Injectable()
export class SignOutService {
  constructor(
    private readonly sessions: OperatorSessionService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async here(caller: Caller, reply: FastifyReply): Promise<void> {
    const { operator } = caller
    assert(operator, 'only people sign out')
    const owner = { institution_id: caller.institution_id, operator_id: operator.operator_id }
    await this.sessions.endOne(owner, operator.session_id, 'signed_out')
    this.forget(reply)
  }

  /** Takes the cookie out of this browser. */
  forget(reply: FastifyReply): void {
    const isSecure = this.config.publicOrigin.startsWith('https:')
    writeOperatorCookie(reply, 'session', '', { isSecure, maxAgeSeconds: 0 })
  }
}
