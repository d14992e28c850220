import { createHash, timingSafeEqual } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, type JWTVerifyResult, jwtVerify } from 'jose'
import { isCompactJws, JWS_ALGORITHMS } from '../../../infra/oauth/access-token.js'
import { TokenError } from './token.errors.js'

/** How far `iat` may be from now, either way. A proof is remembered until it is older. */
export const PROOF_AGE_SECONDS_MAX = 60
const LENGTH_MAX = 8192
const JTI_LENGTH_MAX = 255

export interface ProofToCheck {
  readonly proof: string
  readonly method: string
  /** From `targetUriOf`: the configured origin and the raw request target. */
  readonly targetUri: string
  /** The access token the proof comes with. */
  readonly token: string
  readonly nowSeconds: number
}

export interface CheckedProof {
  /** RFC 7638 thumbprint of the key that made the proof. */
  readonly jkt: string
  readonly jti: string
  readonly expiresAt: Date
}

/** RFC 9449 section 4.3, except that the proof is new and the token is bound to its key. */
export async function checkProof(check: ProofToCheck): Promise<CheckedProof> {
  const { payload, protectedHeader } = await verifyProof(check.proof)
  const { htm, htu, iat, jti, ath } = payload
  if (htm !== check.method) throw invalid('htm is not the method of this request')
  if (withoutQuery(htu) !== withoutQuery(check.targetUri)) {
    throw invalid('htu is not the address of this request without its query')
  }
  if (typeof iat !== 'number' || Math.abs(check.nowSeconds - iat) > PROOF_AGE_SECONDS_MAX) {
    throw invalid(`iat is more than ${PROOF_AGE_SECONDS_MAX} s from our clock`)
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_LENGTH_MAX) {
    throw invalid('jti is missing or too long')
  }
  if (typeof ath !== 'string' || !isHashOf(ath, check.token)) {
    throw invalid('ath is not the hash of the access token')
  }
  const { jwk } = protectedHeader
  if (!jwk) throw invalid('jwk is missing')
  const expiresAt = new Date((iat + PROOF_AGE_SECONDS_MAX + 1) * 1000)
  return { jkt: await calculateJwkThumbprint(jwk), jti, expiresAt }
}

/** The key comes with the proof; it must be public, and fit an algorithm of ours. */
async function verifyProof(proof: string): Promise<JWTVerifyResult> {
  if (proof.length > LENGTH_MAX || !isCompactJws(proof)) throw invalid('it is not a compact JWS')
  try {
    const options = { algorithms: [...JWS_ALGORITHMS], typ: 'dpop+jwt' }
    return await jwtVerify(proof, EmbeddedJWK, options)
  } catch (cause) {
    throw invalid('its signature, its key (jwk) or its typ is not right', cause)
  }
}

function withoutQuery(address: unknown): string | null {
  if (typeof address !== 'string' || !URL.canParse(address)) return null
  const url = new URL(address)
  url.search = ''
  url.hash = ''
  return url.href
}

function invalid(what: string, cause?: unknown): TokenError {
  return new TokenError('dpop_proof_invalid', `The DPoP proof is not valid: ${what}.`, { cause })
}

function isHashOf(ath: string, token: string): boolean {
  const given = Buffer.from(ath)
  const expected = Buffer.from(createHash('sha256').update(token).digest('base64url'))
  return given.length === expected.length && timingSafeEqual(given, expected)
}
