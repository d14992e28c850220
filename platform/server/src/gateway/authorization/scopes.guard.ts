import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import {
  PUBLIC_METADATA,
  SCOPES_METADATA,
  TEST_MODE_METADATA,
} from '../../infra/http/decorators.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { requestOf } from '../../infra/http/request.js'
import { assert } from '../../kernel/assert.js'

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
    const missing = needed.filter((scope) => !caller.scopes.has(scope))
    if (missing.length > 0) {
      throw new HttpError('scope_missing', `This key lacks the scope ${missing.join(', ')}.`)
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
