import type { AccessTokenClaims } from '../../../infra/oauth/access-token.js'
import type { AccessTokenVerifier } from '../../../infra/oauth/access-token.verifier.js'
import type { ReplayMarks } from '../../../infra/oauth/replay-marks.js'
import type { RevokedTokens } from '../../../infra/oauth/revoked-tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import type { KeyCache } from '../signature/key-cache.js'
import type { ApiKeyForVerification } from '../signature/key-directory.port.js'
import { readAuthorization, singleHeader, type TokenCredential } from './authorization-header.js'
import { checkProof } from './dpop.rules.js'
import { TokenError } from './token.errors.js'

export interface RequestWithToken {
  readonly method: string
  /** From `targetUriOf`. Null is refused where a proof has to name it. */
  readonly targetUri: string | null
  readonly rawHeaders: readonly string[]
}

export interface VerifiedToken {
  readonly claims: AccessTokenClaims
  /** The key with which the app asked for the token, as it is now. */
  readonly key: ApiKeyForVerification
}

/**
 * Checks the access token of a request. It proves itself by our signature; what may have changed since it was
 * issued is looked up in what this process remembers for a few seconds: was it revoked, is the key still good.
 */
export class TokenAuthenticator {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly revoked: RevokedTokens,
    private readonly marks: ReplayMarks,
    private readonly keys: KeyCache,
    private readonly clock: Clock,
  ) {}

  async verify(request: RequestWithToken): Promise<VerifiedToken> {
    const credential = readAuthorization(request.rawHeaders)
    const claims = await this.read(credential.token)
    const { jti, grant_id } = claims
    if (await this.revoked.hasAny(grant_id === undefined ? [jti] : [jti, grant_id])) throw revoked()
    const key = await this.keyOf(claims)
    await this.checkBinding(request, credential, claims)
    return { claims, key }
  }

  private async read(token: string): Promise<AccessTokenClaims> {
    const reading = await this.verifier.read(token)
    switch (reading.kind) {
      case 'valid':
        return reading.claims
      case 'expired':
        throw new TokenError('token_expired', 'The access token has expired. Ask for a new one.')
      case 'invalid':
        throw new TokenError(
          'token_invalid',
          'This is not an access token of this platform for this API. Ask for one at the token endpoint.',
        )
    }
  }

  /** The app may have lost the key, or the key its validity, since the token was issued. */
  private async keyOf(claims: AccessTokenClaims): Promise<ApiKeyForVerification> {
    const row = (await this.keys.find(claims.key_id))?.row
    const now = this.clock.now()
    const isGood =
      row !== undefined &&
      row.app_id === claims.app_id &&
      row.institution_id === claims.institution_id &&
      row.livemode === claims.livemode &&
      row.revoked_at === null &&
      !row.is_suspended &&
      (row.not_after === null || row.not_after > now)
    if (!isGood) throw revoked()
    return row
  }

  /** RFC 9449 sections 7.1 and 7.2: a bound token only with proof, and no proof makes an unbound one bound. */
  private async checkBinding(
    request: RequestWithToken,
    { scheme, token }: TokenCredential,
    { cnf }: AccessTokenClaims,
  ): Promise<void> {
    if ((cnf !== undefined) !== (scheme === 'DPoP')) {
      throw new TokenError(
        'token_scheme_mismatch',
        cnf
          ? 'This token is bound to a key: send it as "Authorization: DPoP …" with a DPoP proof.'
          : 'This token is not bound to a key: send it as "Authorization: Bearer …".',
      )
    }
    if (!cnf) return
    const proof = singleHeader(request.rawHeaders, 'dpop')
    if (proof === null || request.targetUri === null) {
      throw new TokenError('dpop_proof_missing', 'Send a DPoP proof (RFC 9449) with this token.')
    }
    const { method, targetUri } = request
    const nowSeconds = this.clock.now().getTime() / 1000
    const { jkt, jti, expiresAt } = await checkProof({
      ...{ proof, method, targetUri, token },
      nowSeconds,
    })
    if (jkt !== cnf.jkt) {
      throw new TokenError('dpop_proof_invalid', 'Another key made the proof than this token’s.')
    }
    // Last: only who has the key can use up a proof.
    if (await this.marks.use('proof', jkt, jti, expiresAt)) return
    throw new TokenError('dpop_proof_replayed', 'This proof was used before. Make one per request.')
  }
}

function revoked(): TokenError {
  return new TokenError(
    'token_revoked',
    'The access token, or the key it was issued for, was revoked. Ask for a new one with a valid key.',
  )
}
