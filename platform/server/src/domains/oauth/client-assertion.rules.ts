import { isCompactJws, isJwsAlgorithm } from '../../infra/oauth/access-token.js'

export const ASSERTION_SECONDS_MAX = 300
const AHEAD_SECONDS_MAX = 60
const JTI_LENGTH_MAX = 255

export interface AssertionToCheck {
  /** As it was sent. */
  readonly assertion: unknown
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** RFC 7515 section 4.1: headers by which an assertion would bring its own key. Only registered keys count. */
const KEY_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256'] as const
const TYPES: readonly unknown[] = [undefined, 'JWT', 'client-authentication+jwt']

/**
 * What our profile asks of a client assertion beyond RFC 7523: `iss = sub = client_id`, the issuer as the one
 * audience, a life of five minutes at most, a `jti`, one spelling. Null when there is nothing to say against
 * it; otherwise the reason, for our log: the client is told `invalid_client`.
 */
export function assertionProblem(
  { assertion, header, claims }: AssertionToCheck,
  issuer: string,
  nowSeconds: number,
): string | null {
  if (typeof assertion !== 'string' || !isCompactJws(assertion)) return 'not a compact JWS'
  if (!isJwsAlgorithm(header.alg)) return 'algorithm not allowed'
  if (!TYPES.includes(header.typ)) return 'typ is that of another kind of token'
  const brought = KEY_HEADERS.find((name) => header[name] !== undefined)
  if (brought !== undefined) return `the header ${brought} is not allowed`
  if (header.kid !== undefined && typeof header.kid !== 'string') return 'kid is not a string'
  if (claims.iss !== claims.sub) return 'iss and sub differ'
  // A list, or the token endpoint, would let an assertion be replayed at another server.
  if (claims.aud !== issuer) return 'aud is not the issuer as one string'
  if (typeof claims.jti !== 'string' || claims.jti.length > JTI_LENGTH_MAX) return 'jti is unusable'
  return timeProblem(claims, nowSeconds)
}

function timeProblem(claims: AssertionToCheck['claims'], nowSeconds: number): string | null {
  const { exp, iat, nbf } = claims
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return 'exp is not a time'
  if (exp > nowSeconds + ASSERTION_SECONDS_MAX) return 'exp is too far ahead'
  const isAhead = [iat, nbf].some(
    (time) => typeof time === 'number' && time > nowSeconds + AHEAD_SECONDS_MAX,
  )
  return isAhead ? 'iat or nbf lies ahead' : null
}
