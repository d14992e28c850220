import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Inject, Injectable } from '@nestjs/common'
import { PassportStrategy } from '@nestjs/passport'
import type { FastifyReply } from 'fastify'
import Strategy from 'passport-oauth2'
import { z } from 'zod'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { consoleCallbackOf } from '../../infra/config/operator-idp.config.js'
import { SealedTexts } from '../../infra/crypto/sealed-texts.js'
import { readOperatorCookie, writeOperatorCookie } from '../../infra/http/operator-cookie.js'
import { readUserinfo } from '../../infra/oauth/userinfo.js'
import { CONSOLE_CLIENT_ID, IDENTITY_PATHS } from './identity-provider.configuration.js'
import { IdentityProvider } from './identity-provider.js'

export const OPERATOR_STRATEGY = 'operator'
const PURPOSE = 'console-access:sign-in'
const LIFETIME_SECONDS = 10 * 60

const BegunSignIn = z.object({
  handle: z.string(),
  verifier: z.string(),
  return_path: z.string(),
})
export type BegunSignIn = z.infer<typeof BegunSignIn>

/** What the guard tells the strategy when a sign-in begins. */
export interface OperatorSignInStart {
  readonly return_path: string
  readonly reply: FastifyReply
}

/** What is needed here of a request, whichever framework's it is: Passport was made for another one. */
interface SignInRequest {
  readonly headers: IncomingHttpHeaders
  readonly operatorStart?: OperatorSignInStart
}

/**
 * State and PKCE verifier of a sign-in, sealed in a cookie of the browser that began it: an answer that is brought
 * to another browser is worth nothing there.
 */
@Injectable()
export class OperatorSignInStates {
  private readonly isSecure: boolean

  constructor(
    private readonly sealed: SealedTexts,
    @Inject(CONFIG) config: Config,
  ) {
    this.isSecure = config.publicOrigin.startsWith('https:')
  }

  /** The sign-in that this browser began last. */
  begun({ headers }: SignInRequest): BegunSignIn | null {
    const text = readOperatorCookie(headers, 'signIn', this.isSecure)
    return text === null ? null : this.sealed.open(PURPOSE, BegunSignIn, text)
  }

  forget(reply: FastifyReply): void {
    const { isSecure } = this
    writeOperatorCookie(reply, 'signIn', '', { isSecure, maxAgeSeconds: 0 })
  }

  // Passport tells its stores' forms apart by how many parameters they take: five here, four below.
  store(
    request: SignInRequest,
    verifier: unknown,
    _state: unknown,
    _meta: unknown,
    done: (error: Error | null, handle: unknown) => void,
  ): void {
    const start = request.operatorStart
    if (!start) {
      done(new Error('the sign-in was not begun on our page'), null)
      return
    }
    const { return_path, reply } = start
    const handle = randomBytes(24).toString('base64url')
    const text = this.sealed.seal(PURPOSE, { handle, verifier, return_path }, LIFETIME_SECONDS)
    const { isSecure } = this
    writeOperatorCookie(reply, 'signIn', text, { isSecure, maxAgeSeconds: LIFETIME_SECONDS })
    done(null, handle)
  }

  verify(
    request: SignInRequest,
    handle: unknown,
    _meta: unknown,
    done: (error: Error | null, verifier: unknown, state: unknown) => void,
  ): void {
    const begun = this.begun(request)
    if (begun && typeof handle === 'string' && isSame(begun.handle, handle)) {
      done(null, begun.verifier, {})
    } else done(null, false, { message: 'the state is not that of this browser' })
  }
}

/** Signs people of the console in: authorization code with state and PKCE, at our own provider or the institution's. */
@Injectable()
export class OperatorStrategy extends PassportStrategy(Strategy, OPERATOR_STRATEGY) {
  private readonly userinfoUrl: string

  constructor(
    @Inject(CONFIG) config: Config,
    states: OperatorSignInStates,
    identity: IdentityProvider,
  ) {
    const provider = config.operatorIdp ?? ownProvider(config, identity.clientSecret)
    const options: Strategy.StrategyOptions = {
      authorizationURL: provider.authorizationUrl,
      tokenURL: provider.tokenUrl,
      clientID: provider.clientId,
      clientSecret: provider.clientSecret,
      callbackURL: consoleCallbackOf(config),
      ...(provider.scope === undefined ? {} : { scope: provider.scope }),
      pkce: true,
      state: true,
    }
    // The types of the library's stores know only its older forms, without PKCE.
    super(Object.assign(options, { store: states }))
    this.userinfoUrl = provider.userinfoUrl
  }

  override userProfile(token: string, done: (error?: unknown, claims?: object) => void): void {
    readUserinfo(this.userinfoUrl, token).then(
      (claims) => done(null, claims),
      (error: unknown) => done(error),
    )
  }

  validate(_token: string, _refreshToken: string, claims: object): object {
    return claims
  }
}

/** Browsers reach it by our public origin; we ask it ourselves, without a way round by any proxy. */
function ownProvider({ publicOrigin, port }: Config, clientSecret: string) {
  const here = `http://127.0.0.1:${port}`
  return {
    authorizationUrl: `${publicOrigin}${IDENTITY_PATHS.authorization}`,
    tokenUrl: `${here}${IDENTITY_PATHS.token}`,
    userinfoUrl: `${here}${IDENTITY_PATHS.userinfo}`,
    clientId: CONSOLE_CLIENT_ID,
    clientSecret,
    scope: 'openid',
  }
}

function isSame(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}
