import { type ExecutionContext, Injectable } from '@nestjs/common'
import { AuthGuard } from '@nestjs/passport'
import { replyOf, requestOf } from '../../infra/http/request.js'
import { ConsoleAccessError } from './console-access.errors.js'
import {
  OPERATOR_STRATEGY,
  type OperatorSignInStart,
  OperatorSignInStates,
} from './operator.strategy.js'
import { returnPathOf } from './return-path.rules.js'

const DEADLINE_MS = 15_000

declare module 'fastify' {
  interface FastifyRequest {
    /** What the identity provider says of whoever signed in, and where they wanted to go. Set by the guard. */
    operatorSignIn?: { readonly claims: object; readonly return_path: string }
    /** What the strategy begins with. Set by the guard. */
    operatorStart?: OperatorSignInStart
  }
}

/** Sends the browser to the identity provider; when it comes back, finds out who it is. */
@Injectable()
export class OperatorGuard extends AuthGuard(OPERATOR_STRATEGY) {
  constructor(private readonly states: OperatorSignInStates) {
    super()
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { promise: ended, resolve, reject } = Promise.withResolvers<false>()
    // The library behind the strategy waits for the provider for ever.
    const timer = setTimeout(() => reject(down()), DEADLINE_MS)
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
    if (request.routeOptions.url === '/console/sign-in') {
      const { return_to } = Object(request.query)
      request.operatorStart = { return_path: returnPathOf(return_to), reply: replyOf(context) }
    } else if (Object(request.query).code === undefined && !('error' in Object(request.query))) {
      // Without an answer in it this is no way to begin.
      throw new ConsoleAccessError('console_sign_in_failed', 'There is no code in this address.')
    }
    return undefined
  }

  override handleRequest<Claims>(
    error: unknown,
    claims: Claims,
    info: unknown,
    context: ExecutionContext,
  ): Claims {
    if (error instanceof ConsoleAccessError) throw error
    if (error) throw down(error)
    const request = requestOf(context)
    const begun = this.states.begun(request)
    if (begun && typeof claims === 'object' && claims !== null) {
      request.operatorSignIn = { claims, return_path: begun.return_path }
      return claims
    }
    const isCancelled = 'error' in Object(request.query)
    throw new ConsoleAccessError(
      isCancelled ? 'console_sign_in_cancelled' : 'console_sign_in_failed',
      `Nobody signed in: ${JSON.stringify(info ?? null)}.`,
    )
  }
}

function down(cause?: unknown): ConsoleAccessError {
  return new ConsoleAccessError(
    'console_identity_provider_down',
    'The identity provider does not answer as it should.',
    { cause },
  )
}
