import type { FastifyRequest } from 'fastify'
import { IdentityError } from '../../../domains/identity/identity.errors.js'
import type { OperatorSession } from '../../../domains/identity/operators/operator.types.js'
import type { OperatorMembershipService } from '../../../domains/identity/operators/operator-membership.service.js'
import type { OperatorSessionService } from '../../../domains/identity/operators/operator-session.service.js'
import { permissionsAnywhere, permissionsIn, scopesIn } from '../../../infra/http/authority.js'
import { type Caller, type CallerOperator, hashBody } from '../../../infra/http/caller.js'
import { readOperatorCookie } from '../../../infra/http/operator-cookie.js'
import { newId } from '../../../kernel/id.js'
import { API_VERSION_LATEST } from '../../../versions/versions.js'
import { readIdempotencyKey } from '../../idempotency/idempotency-key.js'
import { versionsOf } from '../../versioning/version-header.js'
import { SessionError } from './session.errors.js'

/** What the route says about calls of people. */
export interface SessionRoute {
  readonly isRead: boolean
  readonly isIdempotent: boolean
  readonly isForInstitution: boolean
}

/** Makes a caller of a person who is signed in: one of the app they name, or the person. */
export class SessionAuthenticator {
  private readonly isSecure: boolean

  constructor(
    private readonly sessions: OperatorSessionService,
    private readonly memberships: OperatorMembershipService,
    private readonly publicOrigin: string,
  ) {
    this.isSecure = publicOrigin.startsWith('https:')
  }

  /** The token of the session's cookie; null: this is no call of a person. */
  tokenOf({ headers }: FastifyRequest): string | null {
    return readOperatorCookie(headers, 'session', this.isSecure)
  }

  async authenticate(request: FastifyRequest, token: string, route: SessionRoute): Promise<Caller> {
    this.checkOrigin(request, route.isRead)
    const session = await this.sessions.find(token)
    if (!session) {
      throw new SessionError('session_invalid', 'Your session is over. Sign in again.')
    }
    if (!route.isRead) this.checkCsrf(request, token)
    const livemode = modeOf(request) === 'live'
    const caller = route.isForInstitution
      ? callerOfPerson(request, session, livemode)
      : await this.callerInApp(request, session, livemode)
    return route.isIdempotent ? { ...caller, idempotency: idempotencyOf(request) } : caller
  }

  private async callerInApp(
    request: FastifyRequest,
    session: OperatorSession,
    livemode: boolean,
  ): Promise<Caller> {
    const { 'bursar-app': named } = request.headers
    if (typeof named !== 'string') {
      throw new SessionError(
        'session_app_missing',
        'Name the app you work in with the header Bursar-App: app_….',
      )
    }
    const { authority, institution_id } = session
    const app = await this.memberships.findApp(institution_id, named)
    const scopes = app ? scopesIn(authority, app, livemode) : null
    const isOpen = app !== null && (scopesIn(authority, app, false).size > 0 || scopes?.size)
    // Somebody else's app and none at all are the same answer.
    if (!app || !scopes || !isOpen) {
      throw new IdentityError('app_not_found', `No such app, or it is not open to you: ${named}.`)
    }
    return {
      ...callerOfPerson(request, session, livemode),
      app_id: app.app_id,
      department_id: app.department_id,
      scopes,
      operator: operatorOf(session, permissionsIn(authority, app)),
      ...versionsOf(request, app),
    }
  }

  /**
   * A page of another site can make a browser send the cookie, but not say that it is ours. Every browser
   * names the origin of a write (Fetch standard, section 3.2).
   */
  private checkOrigin({ headers }: FastifyRequest, isRead: boolean): void {
    const site = headers['sec-fetch-site']
    const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none'
    const isNamed = headers.origin === undefined ? isRead : headers.origin === this.publicOrigin
    if (!isForeign && isNamed) return
    throw new SessionError(
      'origin_not_allowed',
      `Calls of signed-in people come from pages of ${this.publicOrigin}. Open the console there.`,
    )
  }

  private checkCsrf({ headers }: FastifyRequest, token: string): void {
    const given = headers['bursar-csrf']
    if (typeof given === 'string' && this.sessions.isCsrfToken(token, given)) return
    throw new SessionError(
      'csrf_token_invalid',
      'Send the csrf_token of GET /v1/session in the header Bursar-Csrf. It changes with every sign-in and step-up.',
    )
  }
}

function modeOf({ headers }: FastifyRequest): 'test' | 'live' {
  const mode = headers['bursar-mode'] ?? 'test'
  if (mode === 'test' || mode === 'live') return mode
  throw new SessionError('session_mode_invalid', 'Bursar-Mode is test or live.')
}

function callerOfPerson(
  request: FastifyRequest,
  session: OperatorSession,
  livemode: boolean,
): Caller {
  return {
    institution_id: session.institution_id,
    app_id: session.operator_id,
    department_id: '',
    livemode,
    credential: 'session',
    actor_id: session.operator_id,
    key_id: null,
    operator: operatorOf(session, permissionsAnywhere(session.authority)),
    payer_id: null,
    scopes: new Set(),
    ...versionsOf(request, { api_version: API_VERSION_LATEST }),
    request_id: request.id,
    idempotency: null,
  }
}

function operatorOf(
  session: OperatorSession,
  permissions: CallerOperator['permissions'],
): CallerOperator {
  return {
    operator_id: session.operator_id,
    session_id: session.id,
    roles: session.authority.roles,
    permissions,
    authority: session.authority,
    authenticated_at: session.authenticated_at,
  }
}

/** A browser signs nothing, so there is no nonce of its own: the cookie and the token stand for it. */
function idempotencyOf(request: FastifyRequest): Caller['idempotency'] {
  const [path = ''] = request.url.split('?')
  return {
    route: `${request.method} ${path}`,
    key: readIdempotencyKey(request.headers['idempotency-key']),
    request_hash: hashBody(request.rawBody),
    nonce: request.id,
    allotted_id: newId('req').slice('req_'.length),
  }
}
