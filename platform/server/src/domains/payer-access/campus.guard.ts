import { type ExecutionContext, Injectable } from '@nestjs/common'
import { AuthGuard } from '@nestjs/passport'
import { replyOf, requestOf } from '../../infra/http/request.js'
import { CAMPUS_STRATEGY, type SignInStart, SignInStates } from './campus.strategy.js'
import { type ErrorPage, PayerAccessError } from './payer-access.errors.js'
import { type SignInTicket, SignInTickets } from './sign-in-ticket.js'

const DEADLINE_MS = 15_000

declare module 'fastify' {
  interface FastifyRequest {
    /** What the identity provider says of whoever signed in, and for what they did. Set by the guard. */
    campusSignIn?: CampusSignIn
    /** What the strategy begins with. Set by the guard. */
    campusStart?: SignInStart
  }
}

export interface CampusSignIn {
  readonly claims: object
  readonly ticket: SignInTicket
}

/** With a ticket, sends the browser to the identity provider; when it comes back, finds out who it is. */
@Injectable()
export class CampusGuard extends AuthGuard(CAMPUS_STRATEGY) {
  constructor(
    private readonly states: SignInStates,
    private readonly tickets: SignInTickets,
  ) {
    super()
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { promise: ended, resolve, reject } = Promise.withResolvers<false>()
    // The library behind the strategy waits for the provider for ever.
    const timer = setTimeout(() => reject(this.down(context)), DEADLINE_MS)
    // A redirect is the strategy's answer: it tells nobody that it has given it.
    replyOf(context).raw.once('close', () => resolve(false))
    try {
      return (await Promise.race([super.canActivate(context), ended])) !== false
    } finally {
      clearTimeout(timer)
    }
  }

  /** Passport answers on Node's own response. */
  getResponse(context: ExecutionContext) {
    return replyOf(context).raw
  }

  override getAuthenticateOptions(context: ExecutionContext): undefined {
    const request = requestOf(context)
    if (isRecord(request.query) && 'ticket' in request.query) {
      const reply = replyOf(context)
      request.campusStart = { ticket: this.tickets.open(request.query.ticket), reply }
    }
    return undefined
  }

  override handleRequest<Claims>(
    error: unknown,
    claims: Claims,
    info: unknown,
    context: ExecutionContext,
  ): Claims {
    if (error) throw this.down(context, error)
    const request = requestOf(context)
    const begun = this.states.begun(request)
    if (begun && isRecord(claims)) {
      request.campusSignIn = { claims, ticket: begun.ticket }
      return claims
    }
    const isCancelled = isRecord(request.query) && 'error' in request.query
    throw new PayerAccessError(
      isCancelled ? 'payer_sign_in_cancelled' : 'payer_sign_in_failed',
      `Nobody signed in: ${JSON.stringify(info ?? null)}.`,
      {},
      pageOf(begun?.ticket),
    )
  }

  private down(context: ExecutionContext, cause?: unknown): PayerAccessError {
    const begun = this.states.begun(requestOf(context))
    return new PayerAccessError(
      'payer_identity_provider_down',
      'The identity provider does not answer as it should.',
      { cause },
      pageOf(begun?.ticket),
    )
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function pageOf(ticket: SignInTicket | undefined): ErrorPage {
  return ticket ? { retryPath: ticket.return_path, owner: ticket } : {}
}
