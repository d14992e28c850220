import { JWS_ALGORITHMS } from '../../../infra/oauth/access-token.js'
import type { PlatformError } from '../../../kernel/errors.js'
import { TokenError, type TokenErrorCode } from './token.errors.js'

/** RFC 6750 section 3.1 and RFC 9449 section 7.1: what clients of any make understand. */
const OAUTH_ERRORS: Partial<Record<TokenErrorCode, string>> = {
  token_in_query: 'invalid_request',
  authorization_malformed: 'invalid_request',
  token_invalid: 'invalid_token',
  token_expired: 'invalid_token',
  token_revoked: 'invalid_token',
  token_scheme_mismatch: 'invalid_token',
  dpop_proof_missing: 'invalid_token',
  dpop_proof_invalid: 'invalid_dpop_proof',
  dpop_proof_replayed: 'invalid_dpop_proof',
}

/**
 * The values of `WWW-Authenticate`, which every 401 has (RFC 9110 section 15.5.2): how to come with a token, and
 * what was wrong with the one that came. A refused signature has no scheme of its own to name.
 */
export function challengesOf(
  error: PlatformError,
  authorization: string | undefined,
  publicOrigin: string,
): string[] {
  const code = error instanceof TokenError ? OAUTH_ERRORS[error.code] : undefined
  const said =
    code === undefined
      ? []
      : [
          ['error', code],
          ['error_description', error.message],
        ]
  const where = ['resource_metadata', `${publicOrigin}/.well-known/oauth-protected-resource/v1`]
  const isDpop = /^dpop /i.test(authorization ?? '') || code === 'invalid_dpop_proof'
  return [
    challenge('Bearer', [...(isDpop ? [] : said), where]),
    challenge('DPoP', [...(isDpop ? said : []), ['algs', JWS_ALGORITHMS.join(' ')], where]),
  ]
}

/** RFC 6750 section 3.1: the token is good, and not good enough. */
export function scopeChallenge(
  authorization: string | undefined,
  scopes: readonly string[],
): string {
  const scheme = /^dpop /i.test(authorization ?? '') ? 'DPoP' : 'Bearer'
  return challenge(scheme, [
    ['error', 'insufficient_scope'],
    ['scope', scopes.join(' ')],
  ])
}

function challenge(scheme: string, parameters: readonly (readonly string[])[]): string {
  const written = parameters.map(([name = '', value = '']) => `${name}="${quotable(value)}"`)
  return `${scheme} ${written.join(', ')}`
}

/** RFC 6750 section 3: printable ASCII without quotation mark and backslash. */
function quotable(text: string): string {
  return text.replaceAll('"', "'").replace(/[^\x20-\x5b\x5d-\x7e]/g, '')
}
