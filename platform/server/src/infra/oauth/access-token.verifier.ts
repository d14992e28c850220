import { verify } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { Clock } from '../../kernel/clock.js'
import { CONFIG, type Config } from '../config/config.js'
import { PlatformKeys } from '../crypto/platform-keys.js'
import { CLOCK } from '../tokens.js'
import { AccessTokenClaims, apiResourceOf, isCompactJws, issuerOf } from './access-token.js'

/** The clock of another of our machines may be ahead by this much. */
const SKEW_SECONDS = 60
/** Ours have about 900 characters. */
const LENGTH_MAX = 4096

/** RFC 9068 section 2.1, and our one algorithm. A header says nothing else that we would listen to. */
const TokenHeader = z.object({
  alg: z.literal('EdDSA'),
  typ: z.literal('at+jwt'),
  kid: z.string(),
  crit: z.undefined().optional(),
})

export type TokenReading =
  | { readonly kind: 'valid'; readonly claims: AccessTokenClaims }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' }

/** Whether a text is an access token that this platform issued and that is valid by itself (RFC 9068 section 4). */
@Injectable()
export class AccessTokenVerifier {
  constructor(
    private readonly keys: PlatformKeys,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async read(token: string): Promise<TokenReading> {
    const claims = await this.readSigned(token)
    if (!claims) return { kind: 'invalid' }
    const { publicOrigin } = this.config
    if (claims.iss !== issuerOf(publicOrigin)) return { kind: 'invalid' }
    if (claims.aud !== apiResourceOf(publicOrigin)) return { kind: 'invalid' }
    const nowSeconds = this.clock.now().getTime() / 1000
    if (claims.iat > nowSeconds + SKEW_SECONDS) return { kind: 'invalid' }
    return claims.exp <= nowSeconds ? { kind: 'expired' } : { kind: 'valid', claims }
  }

  /** Only keys of the purpose `token` sign tokens: what another key of ours signed is none. */
  private async readSigned(token: string): Promise<AccessTokenClaims | null> {
    if (token.length > LENGTH_MAX || !isCompactJws(token)) return null
    const [headerPart = '', payloadPart = '', signaturePart = ''] = token.split('.')
    const header = TokenHeader.safeParse(parse(headerPart))
    if (!header.success) return null
    const keys = await this.keys.published('token')
    const key = keys.find(({ jwk }) => jwk.kid === header.data.kid)
    if (!key) return null
    const signed = Buffer.from(`${headerPart}.${payloadPart}`)
    const isOurs = verify(null, signed, key.publicKey, Buffer.from(signaturePart, 'base64url'))
    if (!isOurs) return null
    return AccessTokenClaims.safeParse(parse(payloadPart)).data ?? null
  }
}

function parse(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return undefined
  }
}
