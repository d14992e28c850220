import { isWithin, parseIpRange } from '../../infra/net/ip-range.js'
import { assert } from '../../kernel/assert.js'
import { IdentityError } from './identity.errors.js'
import type { ApiKeyRow, KeyPowers } from './identity.types.js'

export const KEY_STATUSES = ['pending', 'active', 'expired', 'revoked'] as const
export type KeyStatus = (typeof KEY_STATUSES)[number]

type Period = Pick<ApiKeyRow, 'not_before' | 'not_after' | 'revoked_at'>

/** What the gateway would say of the key at this moment. `not_before` is inclusive, `not_after` exclusive. */
export function statusOf(key: Period, now: Date): KeyStatus {
  if (key.revoked_at !== null) return 'revoked'
  if (key.not_after !== null && key.not_after <= now) return 'expired'
  return key.not_before > now ? 'pending' : 'active'
}

/** A key may hold fewer scopes than its app, and never more: an app that lost a scope lost it for all keys. */
export function effectiveScopes(
  ofKey: readonly string[],
  ofApp: readonly string[],
): readonly string[] {
  return ofKey.length === 0 ? ofApp : ofKey.filter((scope) => ofApp.includes(scope))
}

/** What a key gives to whoever holds it. */
export function powersOf(key: ApiKeyRow): KeyPowers {
  return { scopes: effectiveScopes(key.scopes, key.app_scopes), allowed_ips: key.allowed_ips }
}

/**
 * Nobody hands on more than they have, or a stolen key that may do little would make one that may do all.
 * @throws IdentityError api_key_too_powerful
 */
export function requireWithin(wanted: KeyPowers, own: KeyPowers): void {
  const excess = wanted.scopes.filter((scope) => !own.scopes.includes(scope))
  if (excess.length > 0) {
    throw tooPowerful('/scopes', `go beyond what there is to give: ${excess.join(', ')}`)
  }
  if (own.allowed_ips.length === 0) return
  const ranges = own.allowed_ips.map(rangeOf)
  const isInside = (text: string) => ranges.some((outer) => isWithin(rangeOf(text), outer))
  if (wanted.allowed_ips.length > 0 && wanted.allowed_ips.every(isInside)) return
  throw tooPowerful('/allowed_ips', `must be within ${own.allowed_ips.join(', ')}`)
}

/** @throws IdentityError api_key_period_invalid */
export function requirePeriod(notBefore: Date, notAfter: Date | null, now: Date): void {
  if (notAfter === null || (notAfter > now && notAfter > notBefore)) return
  const code = 'api_key_period_invalid'
  const detail = 'must be in the future and after not_before'
  const errors = [{ pointer: '/not_after', code, detail }]
  throw new IdentityError(code, `not_after ${detail}.`, { errors })
}

/** When a key that is rotated now stops working: after the overlap, or by itself before that. */
export function endOfOverlap(notAfter: Date | null, now: Date, overlapSeconds: number): Date {
  const end = new Date(now.getTime() + overlapSeconds * 1000)
  return notAfter !== null && notAfter < end ? notAfter : end
}

function rangeOf(text: string) {
  const range = parseIpRange(text)
  assert(range, `${text} was checked when it was written`)
  return range
}

function tooPowerful(pointer: string, detail: string): IdentityError {
  const code = 'api_key_too_powerful'
  return new IdentityError(code, `${pointer.slice(1)} ${detail}.`, {
    errors: [{ pointer, code, detail }],
  })
}
