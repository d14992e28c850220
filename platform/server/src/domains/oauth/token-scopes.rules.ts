import { effectiveScopes } from '../identity/api-key.rules.js'

/** OIDC's own scope; it gives access to nothing of ours. */
const OPENID = 'openid'

/** A scope that only a payer can grant: it reaches that payer's own objects. */
export function isOwnScope(scope: string): boolean {
  return scope.endsWith(':own')
}

/** What an app may ask for: for itself, or on behalf of a payer. Without a key, what the app may have at most. */
export function scopesOf(
  kind: 'app' | 'payer',
  ofApp: readonly string[],
  ofKey: readonly string[] = [],
): readonly string[] {
  return effectiveScopes(ofKey, ofApp).filter((scope) => isOwnScope(scope) === (kind === 'payer'))
}

/** The first requested scope that is not allowed; null when all are. */
export function excessScope(
  kind: 'app' | 'payer',
  requested: Iterable<string>,
  allowed: readonly string[],
): string | null {
  for (const scope of requested) {
    if (kind === 'payer' && scope === OPENID) continue
    if (!allowed.includes(scope)) return scope
  }
  return null
}
