import { z } from 'zod'

export const ACCESS_TOKEN_SECONDS = 300

/** The algorithms of client assertions and DPoP proofs. Two names of one: RFC 9864 renamed EdDSA. */
export const JWS_ALGORITHMS = ['ES256', 'PS256', 'EdDSA', 'Ed25519'] as const
export type JwsAlgorithm = (typeof JWS_ALGORITHMS)[number]

export function isJwsAlgorithm(text: unknown): text is JwsAlgorithm {
  return JWS_ALGORITHMS.some((algorithm) => algorithm === text)
}

/** What the tokens are for (RFC 8707): our API. It is their one `aud`. */
export function apiResourceOf(publicOrigin: string): string {
  return `${publicOrigin}/v1`
}

/** The issuer is the public origin itself, so both ways of discovery (RFC 8414 section 3, OIDC) meet at its root. */
export function issuerOf(publicOrigin: string): string {
  return publicOrigin
}

/**
 * Three parts in base64url without padding, each written in the one way there is. Decoders are lenient, so the
 * same bytes have many spellings; only one is let in.
 */
export function isCompactJws(text: string): boolean {
  if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}$/.test(text)) return false
  return text
    .split('.')
    .every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
}

/** RFC 9068 and what is ours. The names of ours are those of the API. */
export const AccessTokenClaims = z.object({
  iss: z.string(),
  /** The app, or the payer on whose behalf it acts. */
  sub: z.string(),
  aud: z.string(),
  client_id: z.string(),
  jti: z.string(),
  iat: z.number().int(),
  exp: z.number().int(),
  scope: z.string().default(''),
  livemode: z.boolean(),
  institution_id: z.string(),
  app_id: z.string(),
  /** The key with which the app asked for the token. When it is revoked, so is the token. */
  key_id: z.string(),
  payer_id: z.string().optional(),
  grant_id: z.string().optional(),
  cnf: z.object({ jkt: z.string() }).optional(),
})
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>

/** The claims that the authorization server adds to those of RFC 9068. */
export interface OwnTokenClaims {
  readonly livemode: boolean
  readonly institution_id: string
  readonly app_id: string
  readonly key_id: string
  readonly payer_id?: string
  readonly grant_id?: string
}
