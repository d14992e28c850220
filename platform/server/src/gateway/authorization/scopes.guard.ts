import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Caller } from '../../infra/http/caller.js'
import {
  FOR_INSTITUTION_METADATA,
  OWN_SCOPE_METADATA,
  PERMISSION_METADATA,
  PUBLIC_METADATA,
  SCOPES_METADATA,
  STEP_UP_METADATA,
  TEST_MODE_METADATA,
} from '../../infra/http/decorators.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { replyOf, requestOf } from '../../infra/http/request.js'
import type { PermissionName } from '../../infra/http/roles.js'
import { CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { scopeChallenge } from '../authentication/token/token.challenge.js'
import { markStep } from '../request-log/step-marks.js'
import { assertFresh, assertPermitted } from './person.rules.js'

/**
 * Lets a caller in only with every scope that the route names, and a person only with the permission. A route
 * that names neither is a bug.
 */
@Injectable()
export class ScopesGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()]
    if (this.reflector.getAllAndOverride(PUBLIC_METADATA, targets)) return true
    const request = requestOf(context)
    const { caller } = request
    assert(caller, 'authentication runs before authorization')
    markStep(request, replyOf(context), 'authenticate')
    this.admit(context, caller, targets)
    if (caller.livemode && this.reflector.getAllAndOverride(TEST_MODE_METADATA, targets)) {
      throw new HttpError(
        'test_mode_only',
        'This endpoint exists only in test mode: use a test key.',
      )
    }
    if (caller.operator && this.reflector.getAllAndOverride(STEP_UP_METADATA, targets)) {
      assertFresh(caller, this.clock.now())
    }
    return true
  }

  private admit(context: ExecutionContext, caller: Caller, targets: Targets): void {
    const needed = this.reflector.getAllAndOverride<readonly string[] | undefined>(
      SCOPES_METADATA,
      targets,
    )
    const permissions = this.reflector.getAllAndOverride<readonly PermissionName[] | undefined>(
      PERMISSION_METADATA,
      targets,
    )
    assert(needed ?? permissions, 'every route says who may call it, or that it is public')
    const isForInstitution = this.reflector.getAllAndOverride(FOR_INSTITUTION_METADATA, targets)
    if (permissions && (caller.operator || !needed)) assertPermitted(caller, permissions)
    // What is not about one app is about no scopes of an app either.
    const isAboutNoApp = caller.operator !== null && isForInstitution === true
    if (isAboutNoApp && !permissions) {
      throw new HttpError('scope_missing', 'This call is for apps; people have another way.')
    }
    if (needed && !isAboutNoApp) this.assertScopes(context, caller, needed, targets)
  }

  private assertScopes(
    context: ExecutionContext,
    caller: Caller,
    needed: readonly string[],
    targets: Targets,
  ): void {
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
  }
}

type Targets = Parameters<Reflector['getAllAndOverride']>[1]

function assertHas(caller: Caller, needed: readonly string[]): void {
  const missing = needed.filter((scope) => !caller.scopes.has(scope))
  if (missing.length > 0) {
    const who = caller.operator ? 'None of your roles here has' : 'This key lacks'
    throw new HttpError('scope_missing', `${who} the scope ${missing.join(', ')}.`)
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
