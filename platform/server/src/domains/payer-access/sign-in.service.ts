import { Inject, Injectable } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { PayerService } from '../payers/payer.service.js'
import { PayerAccessError } from './payer-access.errors.js'
import { PayerCookies } from './payer-cookies.js'
import { PayerSessionService, SESSION_SECONDS } from './payer-session.service.js'

const NUMBER_LENGTH_MAX = 64

/** Who came back from the identity provider, and is it a payer? */
@Injectable()
export class SignInService {
  constructor(
    private readonly payers: PayerService,
    private readonly sessions: PayerSessionService,
    private readonly cookies: PayerCookies,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Opens a session for the payer with the number that the provider vouches for. Somebody who owes nothing to
   * this institution is told so, and nothing is created.
   * @throws PayerAccessError payer_unknown
   */
  async finish(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { campusSignIn: signIn } = request
    this.cookies.remove(reply, 'signIn')
    if (!signIn) {
      throw new PayerAccessError('payer_sign_in_failed', 'This page was opened without signing in.')
    }
    const { claims, ticket } = signIn
    const number = this.numberOf(claims)
    const payerId =
      number && (await this.payers.identify(ticket, number, this.config.payerIdp.numberTypes))
    if (!payerId) {
      throw new PayerAccessError(
        'payer_unknown',
        'The identity provider knows this person; this institution has no payer with their number.',
        {},
        { retryPath: ticket.return_path, owner: ticket },
      )
    }
    const oldToken = this.cookies.read(request.headers, 'session')
    const token = await this.sessions.open(ticket, payerId, oldToken)
    this.cookies.write(reply, 'session', token, SESSION_SECONDS)
    reply.header('cache-control', 'no-store').redirect(ticket.return_path, 303)
  }

  private numberOf(claims: object): string | null {
    const value = new Map<string, unknown>(Object.entries(claims)).get(
      this.config.payerIdp.numberClaim,
    )
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string' || text.trim() === '') return null
    return text.length <= NUMBER_LENGTH_MAX ? text : null
  }
}
