import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { Vault } from '../../../infra/crypto/vault.js'
import {
  type Authority,
  needsSecondFactor,
  withoutSecondFactor,
} from '../../../infra/http/authority.js'
import {
  type DepartmentRole,
  isAppRole,
  isDepartmentRole,
  isRole,
} from '../../../infra/http/roles.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { newId } from '../../../kernel/id.js'
import type {
  NewSession,
  OperatorSession,
  OperatorSessionRow,
  SessionEnd,
} from './operator.types.js'
import {
  OperatorSessionRepository,
  type SessionWithOperator,
} from './operator-session.repository.js'

export const SESSION_SECONDS = 12 * 60 * 60
export const SESSION_IDLE_MS = 30 * 60_000
/** How long a proof of who somebody is counts as fresh: for money and keys. */
export const STEP_UP_MS = 10 * 60_000
/** Not every click is worth a write. */
const TOUCH_EVERY_MS = 60_000
/** What has ended can still be looked into for a while. */
const KEEP_MS = 30 * 24 * 60 * 60_000
const TOKEN_PATTERN = /^[\w-]{43}$/
const USER_AGENT_LENGTH_MAX = 300

type Owner = Pick<OperatorSessionRow, 'institution_id' | 'operator_id'>

/**
 * Sign-ins of the people who work with the platform: 12 hours at most, and half an hour without a click. The
 * row is read at every call, so what ends a session, or changes what a person may do, ends and changes it at once.
 */
@Injectable()
export class OperatorSessionService {
  constructor(
    private readonly sessions: OperatorSessionRepository,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A new token at every sign-in, and the end of the old one: a token put into a browser is worth nothing. */
  async open(session: NewSession, oldToken: string | null): Promise<string> {
    if (oldToken !== null) await this.end(oldToken, 'replaced')
    const token = newToken()
    const now = this.clock.now()
    await this.sessions.insert({
      ...{ institution_id: session.institution_id, id: newId('ses') },
      ...{ operator_id: session.operator_id, token_hash: hashOf(token), method: session.method },
      ...{ created_at: now, last_used_at: now, authenticated_at: now, ended_at: null },
      second_factor_at: session.has_second_factor ? now : null,
      expires_at: new Date(now.getTime() + SESSION_SECONDS * 1000),
      caller_address: session.caller_address,
      user_agent: session.user_agent?.slice(0, USER_AGENT_LENGTH_MAX) ?? null,
    })
    return token
  }

  /** Null: unknown, over, unused for too long, or of somebody who may not work here any more. */
  async find(token: string | null): Promise<OperatorSession | null> {
    if (token === null || !TOKEN_PATTERN.test(token)) return null
    const row = await this.sessions.find(hashOf(token))
    const now = this.clock.now()
    if (!row || row.disabled_at !== null || isOver(row, now)) return null
    if (now.getTime() - row.last_used_at.getTime() >= TOUCH_EVERY_MS) {
      await this.sessions.touch(row, now)
    }
    return toSession(row)
  }

  /**
   * The person has just proved who they are: the session goes on under a new token.
   * Null when it has ended meanwhile.
   */
  async renew(
    session: Pick<OperatorSession, 'institution_id' | 'id'>,
    hasSecondFactor: boolean,
  ): Promise<string | null> {
    const token = newToken()
    const change = {
      ...{ token_hash: hashOf(token), at: this.clock.now() },
      has_second_factor: hasSecondFactor,
    }
    return (await this.sessions.renew(session, change)) ? token : null
  }

  async end(token: string, reason: SessionEnd): Promise<void> {
    if (TOKEN_PATTERN.test(token)) await this.sessions.end(hashOf(token), reason, this.clock.now())
  }

  /** False: this person has no such session. */
  endOne(owner: Owner, id: string, reason: SessionEnd): Promise<boolean> {
    return this.sessions.endOne(owner, id, reason, this.clock.now())
  }

  /** How many ended. `but` is left as it is. */
  endAll(owner: Owner, reason: SessionEnd, but?: string): Promise<number> {
    const change = { reason, at: this.clock.now(), ...(but === undefined ? {} : { but }) }
    return this.sessions.endAll(owner, change)
  }

  /** Those that may still be used; one row more than asked for when there are more. */
  list(
    owner: Owner,
    page: { readonly limit: number; readonly cursor: string | null },
  ): Promise<OperatorSessionRow[]> {
    const now = this.clock.now()
    const idleSince = new Date(now.getTime() - SESSION_IDLE_MS)
    return this.sessions.list(owner, { now, idleSince }, page)
  }

  removeOld(): Promise<void> {
    return this.sessions.removeOlder(new Date(this.clock.now().getTime() - KEEP_MS))
  }

  /** What every write of this session carries, and no other site can know. */
  csrfToken(token: string): string {
    const key = this.vault.purposeKey('operator-csrf')
    return createHmac('sha256', key).update(token).digest('base64url')
  }

  isCsrfToken(token: string, given: string): boolean {
    const [expected, actual] = [Buffer.from(this.csrfToken(token)), Buffer.from(given)]
    return expected.length === actual.length && timingSafeEqual(expected, actual)
  }
}

function toSession(row: SessionWithOperator): OperatorSession {
  const { roles, departments, apps, disabled_at: _, ended_at: __, ...rest } = row
  const authority = authorityOf({ roles, departments, apps })
  const isProven = row.second_factor_at !== null
  return {
    ...rest,
    authority: isProven ? authority : withoutSecondFactor(authority, row.is_demo),
    needs_second_factor: needsSecondFactor(authority),
  }
}

/** Of what is stored only what this version knows counts. */
export function authorityOf(stored: {
  readonly roles: readonly string[]
  readonly departments: readonly (readonly [string, string])[]
  readonly apps: readonly (readonly [string, string])[]
}): Authority {
  const departments = new Map<string, Set<DepartmentRole>>()
  for (const [id, role] of stored.departments) {
    if (!isDepartmentRole(role)) continue
    departments.set(id, (departments.get(id) ?? new Set<DepartmentRole>()).add(role))
  }
  return {
    roles: new Set(stored.roles.filter(isRole)),
    departments,
    apps: new Map(stored.apps.flatMap(([id, role]) => (isAppRole(role) ? [[id, role]] : []))),
    is_test_only: false,
  }
}

function isOver(row: OperatorSessionRow, now: Date): boolean {
  const idleMs = now.getTime() - row.last_used_at.getTime()
  return row.ended_at !== null || row.expires_at <= now || idleMs >= SESSION_IDLE_MS
}

const newToken = (): string => randomBytes(32).toString('base64url')
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
