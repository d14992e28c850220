import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Inject, Injectable } from '@nestjs/common'
import { PassportStrategy } from '@nestjs/passport'
import type { FastifyReply } from 'fastify'
import Strategy from 'passport-oauth2'
import { z } from 'zod'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { signInCallbackOf } from '../../infra/config/payer-idp.config.js'
import { SealedTexts } from '../../infra/crypto/sealed-texts.js'
import { readUserinfo } from '../../infra/oauth/userinfo.js'
import { PayerCookies } from './payer-cookies.js'
import { SignInTicket } from './sign-in-ticket.js'

export const CAMPUS_STRATEGY = 'campus'
const PURPOSE = 'payer-access:sign-in'
const LIFETIME_SECONDS = 10 * 60

const BegunSignIn = z.object({ handle: z.string(), verifier: z.string(), ticket: SignInTicket })
export type BegunSignIn = z.infer<typeof BegunSignIn>

/** What the guard tells the strategy when a sign-in begins. */
export interface SignInStart {
  readonly ticket: SignInTicket
  readonly reply: FastifyReply
}

/** What is needed here of a request, whichever framework's it is: Passport was made for another one. */
interface SignInRequest {
  readonly headers: IncomingHttpHeaders
  readonly campusStart?: SignInStart
}

/**
 * State and PKCE verifier of a sign-in, sealed in a cookie of the browser that began it. Nothing is stored here
 * for visitors who are not anybody yet, and an answer brought to another browser is worth nothing there.
 * PKCE does here what OpenID Connect's nonce does (RFC 9700 section 2.1.1): the answer fits one request.
 */
@Injectable()
export class SignInStates {
  constructor(
    private readonly sealed: SealedTexts,
    private readonly cookies: PayerCookies,
  ) {}

  /** The sign-in that this browser began last. */
  begun({ headers }: SignInRequest): BegunSignIn | null {
    const text = this.cookies.read(headers, 'signIn')
    return text === null ? null : this.sealed.open(PURPOSE, BegunSignIn, text)
  }

  // Passport tells its stores' forms apart by how many parameters they take: five here, four below.
  store(
    request: SignInRequest,
    verifier: unknown,
    _state: unknown,
    _meta: unknown,
    done: (error: Error | null, handle: unknown) => void,
  ): void {
    const start = request.campusStart
    if (!start) {
      done(new Error('the sign-in was not begun with a ticket'), null)
      return
    }
    const { ticket, reply } = start
    const handle = randomBytes(24).toString('base64url')
    const text = this.sealed.seal(PURPOSE, { handle, verifier, ticket }, LIFETIME_SECONDS)
    this.cookies.write(reply, 'signIn', text, LIFETIME_SECONDS)
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
      done(null, begun.verifier, begun.ticket)
    } else done(null, false, { message: 'the state is not that of this browser' })
  }
}

/** Signs payers in at the campus' identity provider (统一身份认证): authorization code with state and PKCE. */
@Injectable()
export class CampusStrategy extends PassportStrategy(Strategy, CAMPUS_STRATEGY) {
  private readonly userinfoUrl: string

  constructor(@Inject(CONFIG) config: Config, states: SignInStates) {
    const { authorizationUrl, tokenUrl, clientId, clientSecret, scope } = config.payerIdp
    const options: Strategy.StrategyOptions = {
      authorizationURL: authorizationUrl,
      tokenURL: tokenUrl,
      clientID: clientId,
      clientSecret,
      callbackURL: signInCallbackOf(config),
      ...(scope === undefined ? {} : { scope }),
      pkce: true,
      state: true,
    }
    // The types of the library's stores know only its older forms, without PKCE.
    super(Object.assign(options, { store: states }))
    this.userinfoUrl = config.payerIdp.userinfoUrl
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

function isSame(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}
