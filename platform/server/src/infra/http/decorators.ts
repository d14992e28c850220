import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common'
import { ApiExtension, ApiHeader } from '@nestjs/swagger'
import { assert } from '../../kernel/assert.js'
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js'
import type { Caller } from './caller.js'
import type { OwnScopeName } from './own-scopes.js'
import { requestOf } from './request.js'
import type { PermissionName } from './roles.js'
import type { AppScope } from './scopes.js'

export const PUBLIC_METADATA = 'openbursar:public'
export const SCOPES_METADATA = 'openbursar:scopes'
export const OWN_SCOPE_METADATA = 'openbursar:own-scope'
export const TEST_MODE_METADATA = 'openbursar:test-mode'
export const IDEMPOTENT_METADATA = 'openbursar:idempotent'
export const SECRET_BODY_METADATA = 'openbursar:secret-body'
export const FOR_INSTITUTION_METADATA = 'openbursar:for-institution'
export const PERMISSION_METADATA = 'openbursar:permission'
export const STEP_UP_METADATA = 'openbursar:step-up'

/** Open to callers without credentials, because the content proves itself (or is nobody's secret). */
export const Public = () => SetMetadata(PUBLIC_METADATA, true)

/** What the caller's key must be allowed to do. Enforced by the gateway. */
export const Scopes = (...scopes: readonly AppScope[]) =>
  applyDecorators(SetMetadata(SCOPES_METADATA, scopes), ApiExtension('x-scopes', scopes))

/**
 * May also be called on behalf of a payer who granted this scope, and then answers with that payer's objects
 * alone. A route without it refuses such calls.
 */
export const OwnScope = (scope: OwnScopeName) =>
  applyDecorators(SetMetadata(OWN_SCOPE_METADATA, scope), ApiExtension('x-own-scope', scope))

/**
 * Not about one app. A person who calls is then the caller, whatever app their session works in; every other
 * route is open to them only in an app that they name (`Bursar-App`).
 */
export const ForInstitution = () => SetMetadata(FOR_INSTITUTION_METADATA, true)

/**
 * What a person must be allowed to decide; without a name, being signed in is enough. A route that has it and
 * no `@Scopes` is for people alone.
 */
export const Permission = (permission?: PermissionName) => {
  const permissions: readonly PermissionName[] = permission === undefined ? [] : [permission]
  return applyDecorators(
    SetMetadata(PERMISSION_METADATA, permissions),
    ApiExtension('x-permissions', permissions),
  )
}

/** A person must have proved who they are a moment ago. Programs prove it with every request. */
export const StepUp = () =>
  applyDecorators(SetMetadata(STEP_UP_METADATA, true), ApiExtension('x-step-up', true))

/** Exists in test mode only: a live key is refused. */
export const TestModeOnly = () => SetMetadata(TEST_MODE_METADATA, true)

/**
 * An `Idempotency-Key` is required, and the call happens once. `by: 'service'` leaves the storing to a
 * service that writes the key in the same statement as its own rows.
 */
export const Idempotent = (options: { readonly by: 'gateway' | 'service' } = { by: 'gateway' }) =>
  applyDecorators(
    SetMetadata(IDEMPOTENT_METADATA, true),
    ...(options.by === 'gateway' ? [UseInterceptors(IdempotencyInterceptor)] : []),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: 'One per operation; the same on every retry. 1–255 printable ASCII characters.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
  )

/**
 * The body holds a secret so short that a digest of it gives it away to whoever tries them all: what is kept
 * of it is a keyed hash.
 */
export const SecretBody = () => SetMetadata(SECRET_BODY_METADATA, true)

/** The authenticated caller. Present on every route that is not public: the guard saw to it. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => {
    const { caller } = requestOf(context)
    assert(caller, 'a route without @Public() is reached only by an authenticated caller')
    return caller
  },
)
