import type { FastifyRequest } from 'fastify'
import { effectiveScopes } from '../../../domains/identity/api-key.rules.js'
import type { Caller } from '../../../infra/http/caller.js'
import { versionsOf } from '../../versioning/version-header.js'
import type { VerifiedToken } from './token.authenticator.js'
import { TokenError } from './token.errors.js'

/** Who calls with a token alone. Only reads get here, so there is nothing to be idempotent about. */
export function callerOfToken(request: FastifyRequest, { claims, key }: VerifiedToken): Caller {
  return {
    institution_id: key.institution_id,
    app_id: key.app_id,
    department_id: key.department_id,
    livemode: key.livemode,
    credential: 'access_token',
    actor_id: key.id,
    key_id: key.id,
    operator: null,
    payer_id: claims.payer_id ?? null,
    scopes: scopesOf(claims.scope, effectiveScopes(key.scopes, key.app_scopes)),
    ...versionsOf(request, key),
    request_id: request.id,
    idempotency: null,
  }
}

/**
 * Who calls with both: the signature says who sent these bytes, the token what they may do, on whose behalf.
 * The signature covers the token (and its proof): `checkComponents` saw to it.
 */
export function callerOfBoth(signer: Caller, { claims, key }: VerifiedToken): Caller {
  const isSame =
    signer.institution_id === key.institution_id &&
    signer.app_id === key.app_id &&
    signer.livemode === key.livemode
  if (!isSame) {
    throw new TokenError(
      'credentials_mismatch',
      'The signature and the access token belong to different apps, or one to test mode and one to live mode.',
    )
  }
  const payerId = claims.payer_id ?? null
  return { ...signer, payer_id: payerId, scopes: scopesOf(claims.scope, [...signer.scopes]) }
}

/** A token of a few minutes ago may name more than the key has by now. */
function scopesOf(granted: string, held: readonly string[]): ReadonlySet<string> {
  return new Set(granted.split(' ').filter((scope) => held.includes(scope)))
}

/** A write by an app is evidence, so it is signed; a token can be passed on, a signature cannot. */
export function signatureRequired(): TokenError {
  return new TokenError(
    'signature_required',
    'An access token is enough for reads. Sign this request (RFC 9421) with a key of the app; the token may come along, covered by the signature.',
  )
}
