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
import type { AppScope } from './scopes.js'

export const PUBLIC_METADATA = 'openbursar:public'
export const SCOPES_METADATA = 'openbursar:scopes'
export const OWN_SCOPE_METADATA = 'openbursar:own-scope'
export const TEST_MODE_METADATA = 'openbursar:test-mode'
export const IDEMPOTENT_METADATA = 'openbursar:idempotent'
export const SECRET_BODY_METADATA = 'openbursar:secret-body'

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
