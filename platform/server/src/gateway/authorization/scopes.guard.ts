import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Caller } from '../../infra/http/caller.js'
import {
  OWN_SCOPE_METADATA,
  PUBLIC_METADATA,
  SCOPES_METADATA,
  TEST_MODE_METADATA,
} from '../../infra/http/decorators.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { replyOf, requestOf } from '../../infra/http/request.js'
import { assert } from '../../kernel/assert.js'
import { scopeChallenge } from '../authentication/token/token.challenge.js'

/** Lets a caller in only with every scope that the route names. A route that names none is a bug. */
@Injectable()
export class ScopesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()]
    if (this.reflector.getAllAndOverride(PUBLIC_METADATA, targets)) return true
    const { caller } = requestOf(context)
    assert(caller, 'authentication runs before authorization')
    const needed = this.reflector.getAllAndOverride<readonly string[] | undefined>(
      SCOPES_METADATA,
      targets,
    )
    assert(needed, 'every route says which scopes it needs, or that it is public')
    const own = this.reflector.getAllAndOverride<string | undefined>(OWN_SCOPE_METADATA, targets)
    try {
      if (caller.payer_id === null) assertHas(caller, needed)
      else assertGranted(caller, own)
    } catch (error) {
      if (caller.credential === 'access_token') {
        const wanted = caller.payer_id !== null && own !== undefined ? [own] : needed
        const { authorization } = requestOf(context).headers
        replyOf(context).header('www-authenticate', scopeChallenge(authorization, wanted))
      }
      throw error
    }
    if (caller.livemode && this.reflector.getAllAndOverride(TEST_MODE_METADATA, targets)) {
      throw new HttpError(
        'test_mode_only',
        'This endpoint exists only in test mode: use a test key.',
      )
    }
    return true
  }
}

function assertHas(caller: Caller, needed: readonly string[]): void {
  const missing = needed.filter((scope) => !caller.scopes.has(scope))
  if (missing.length > 0) {
    throw new HttpError('scope_missing', `This key lacks the scope ${missing.join(', ')}.`)
  }
}

/** A call on behalf of a payer: only where the route says so, and never with the app's own scopes. */
function assertGranted(caller: Caller, own: string | undefined): void {
  if (own === undefined) {
    throw new HttpError('scope_missing', 'This call cannot be made on behalf of a payer.')
  }
  if (!caller.scopes.has(own)) {
    throw new HttpError('scope_missing', `The payer has not granted the scope ${own}.`)
  }
}
