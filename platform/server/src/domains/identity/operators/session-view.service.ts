import { Inject, Injectable } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { CONFIG, type Config } from '../../../infra/config/config.js'
import { type Authority, permissionsAnywhere, scopesIn } from '../../../infra/http/authority.js'
import type { Caller } from '../../../infra/http/caller.js'
import { readOperatorCookie } from '../../../infra/http/operator-cookie.js'
import { wireTime } from '../../../infra/http/wire.schema.js'
import { assert } from '../../../kernel/assert.js'
import type { OperatorSession, WorkPlace } from './operator.types.js'
import { OperatorMembershipService } from './operator-membership.service.js'
import { OperatorSessionService, SESSION_IDLE_MS, STEP_UP_MS } from './operator-session.service.js'
import { SESSION_APPS_MAX, type Session, type SessionApp } from './session.schema.js'

/** What a person's own session looks like to them: all that the console has to know about its user. */
@Injectable()
export class SessionViewService {
  private readonly isSecure: boolean

  constructor(
    private readonly sessions: OperatorSessionService,
    private readonly memberships: OperatorMembershipService,
    @Inject(CONFIG) config: Config,
  ) {
    this.isSecure = config.publicOrigin.startsWith('https:')
  }

  async ofRequest(caller: Caller, { headers }: FastifyRequest): Promise<Session> {
    const token = readOperatorCookie(headers, 'session', this.isSecure)
    assert(token, 'a person was let in by their cookie')
    return this.ofToken(caller, token)
  }

  async ofToken(caller: Caller, token: string): Promise<Session> {
    const session = await this.sessions.find(token)
    assert(session, 'the session was good when the gateway looked')
    const { institution_id, authority } = session
    const found = await this.memberships.appsOpenTo(institution_id, authority, SESSION_APPS_MAX + 1)
    const apps = found.slice(0, SESSION_APPS_MAX)
    return {
      ...describePerson(caller, session),
      apps: apps.map((app) => describeApp(authority, app)),
      has_more_apps: found.length > apps.length,
      csrf_token: this.sessions.csrfToken(token),
    }
  }
}

function describePerson(
  caller: Caller,
  session: OperatorSession,
): Omit<Session, 'apps' | 'has_more_apps' | 'csrf_token'> {
  const { authority, authenticated_at } = session
  return {
    id: session.id,
    object: 'session',
    livemode: caller.livemode,
    created_at: wireTime(session.created_at),
    metadata: {},
    operator: {
      id: session.operator_id,
      login: session.login,
      name: session.name,
      institution: session.institution_id,
      institution_name: session.institution_name,
    },
    roles: [...authority.roles],
    departments: [...authority.departments].flatMap(([department, roles]) =>
      [...roles].map((role) => ({ department, role })),
    ),
    permissions: [...permissionsAnywhere(authority)],
    authenticated_at: wireTime(authenticated_at),
    step_up: {
      method: session.has_totp ? 'otp' : session.method === 'local' ? 'password' : 'sign_in',
      fresh_until: wireTime(new Date(authenticated_at.getTime() + STEP_UP_MS)),
    },
    second_factor: {
      is_required: session.needs_second_factor,
      is_enrolled: session.has_totp,
      is_proven: session.second_factor_at !== null,
    },
    is_demo: session.is_demo,
    expires_at: wireTime(session.expires_at),
    idle_seconds: SESSION_IDLE_MS / 1000,
  }
}

function describeApp(authority: Authority, app: WorkPlace): SessionApp {
  const scopes = {
    test: [...scopesIn(authority, app, false)],
    live: [...scopesIn(authority, app, true)],
  }
  return {
    app: app.app_id,
    name: app.app_name,
    department: app.department_id,
    department_name: app.department_name,
    modes: (['test', 'live'] as const).filter((mode) => scopes[mode].length > 0),
    scopes,
  }
}
