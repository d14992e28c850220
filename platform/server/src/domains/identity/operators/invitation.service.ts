import { createHash, randomBytes } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../../../infra/config/config.js'
import { Database } from '../../../infra/database/database.js'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { Reply } from '../../../infra/http/reply.js'
import type { Role } from '../../../infra/http/roles.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { reportSecurityEvent } from '../../../infra/logging/security-log.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId, newId } from '../../../kernel/id.js'
import { toPage } from '../../../kernel/pagination.js'
import { IdentityService } from '../identity.service.js'
import { InvitationRepository, type InvitationRow } from './invitation.repository.js'
import {
  type CreateInvitation,
  type Invitation,
  type InvitationListQuery,
  statusOf,
  toWireInvitation,
} from './invitation.schema.js'
import { OperatorError } from './operator.errors.js'
import { OperatorRepository } from './operator.repository.js'
import { OperatorCredentialService, type ProvenPerson } from './operator-credential.service.js'
import { OperatorMembershipService } from './operator-membership.service.js'

const LIFETIME_MS = 72 * 60 * 60_000
const TOKEN_PATTERN = /^[\w-]{43}$/

/** How people join: somebody who administers the institution asks them, by a link that works once. */
@Injectable()
export class InvitationService {
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationRepository,
    private readonly operators: OperatorRepository,
    private readonly memberships: OperatorMembershipService,
    private readonly credentials: OperatorCredentialService,
    private readonly identity: IdentityService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws OperatorError operator_login_taken, operator_membership_invalid, invitation_not_open */
  async create(caller: Caller, body: CreateInvitation): Promise<Reply<Invitation>> {
    const { institution_id, livemode } = caller
    const made = await this.invite(
      { institution_id, id: idFor(caller, 'inv'), created_by: caller.actor_id },
      body,
    )
    return Reply.created(toWireInvitation(made.row, livemode, this.clock.now(), made.link))
  }

  /** The first person of an institution is asked by whoever runs the platform. */
  async inviteFirst(
    institutionId: string,
    person: { readonly login: string; readonly name: string; readonly roles: readonly Role[] },
  ): Promise<{ readonly id: string; readonly link: string; readonly expires_at: Date }> {
    const by = { institution_id: institutionId, id: newId('inv'), created_by: 'command_line' }
    const body = { ...person, roles: [...person.roles], departments: [], apps: [], metadata: {} }
    const { row, link } = await this.invite(by, body)
    return { id: row.id, link, expires_at: row.expires_at }
  }

  async list(caller: Caller, query: InvitationListQuery): Promise<WireList<Invitation>> {
    const filter = listFilterOf(query)
    const page = toPage(await this.invitations.list(caller.institution_id, filter), filter.limit)
    const now = this.clock.now()
    return toWireList(page, (row) => toWireInvitation(row, caller.livemode, now))
  }

  /** @throws OperatorError invitation_not_found */
  async get(caller: Caller, id: string): Promise<Invitation> {
    const row = isId(id, 'inv') ? await this.invitations.find(caller.institution_id, id) : null
    if (row) return toWireInvitation(row, caller.livemode, this.clock.now())
    throw new OperatorError('invitation_not_found', `No such invitation: ${id}.`)
  }

  /** @throws OperatorError invitation_not_found, invitation_not_open */
  async revoke(caller: Caller, id: string): Promise<Invitation> {
    await this.get(caller, id)
    if (await this.invitations.revoke(caller.institution_id, id, this.clock.now())) {
      return this.get(caller, id)
    }
    throw notOpen('it was accepted; disable the person instead')
  }

  /** Null: not ours, accepted, taken back, or too old; from outside these are the same. */
  async findByLink(token: string): Promise<InvitationRow | null> {
    const row = TOKEN_PATTERN.test(token) ? await this.invitations.findByToken(hashOf(token)) : null
    return row && statusOf(row, this.clock.now()) === 'open' ? row : null
  }

  /** Somebody the identity provider vouches for, who was asked to join and has not yet. */
  findOpen(institutionId: string, login: string): Promise<InvitationRow | null> {
    return this.invitations.findOpen(institutionId, login, this.clock.now())
  }

  /**
   * Makes the person. `password`: null for those who sign in at the institution's own identity provider.
   * @throws OperatorError operator_password_weak, operator_login_taken, invitation_not_open
   */
  async accept(row: InvitationRow, password: string | null): Promise<ProvenPerson> {
    const { institution_id, login, name, roles } = row
    const id = newId('opr')
    const password_hash = password === null ? null : await this.credentials.hashNew(password, login)
    await this.database.transaction(async (tx) => {
      const person = { institution_id, id, login, name, roles, password_hash }
      if (!(await this.operators.insert(person, tx))) throw taken(login)
      if (!(await this.invitations.accept(row, id, this.clock.now(), tx))) {
        throw notOpen('somebody was faster, or it was taken back')
      }
      const departments = row.departments.map(({ department, role }) => ({
        ...{ department_id: department, role },
      }))
      await this.memberships.setDepartments(institution_id, id, departments, tx)
      for (const { app, role } of row.apps) {
        const member = { app_id: app, operator_id: id, role }
        await this.memberships.setAppMember(institution_id, member, tx)
      }
    })
    reportSecurityEvent('operator_joined', { operator: id, reason: 'invitation_accepted' })
    return { institution_id, operator_id: id }
  }

  private async invite(
    by: Pick<InvitationRow, 'institution_id' | 'id' | 'created_by'>,
    body: CreateInvitation,
  ): Promise<{ readonly row: InvitationRow; readonly link: string }> {
    const { institution_id } = by
    await this.requireKnown(institution_id, body)
    if (await this.operators.findByLogin(institution_id, body.login)) throw taken(body.login)
    const now = this.clock.now()
    const row: InvitationRow = {
      ...{ ...by, ...body, created_at: now },
      expires_at: new Date(now.getTime() + LIFETIME_MS),
      ...{ accepted_at: null, revoked_at: null, operator_id: null },
    }
    const token = randomBytes(32).toString('base64url')
    // A call that is repeated after a crash gets a link that works; the first one never arrived.
    if (!(await this.invitations.insert(row, hashOf(token)))) throw notOpen('it is over')
    reportSecurityEvent('operator_invited', { actor: by.created_by, reason: 'invited' })
    return { row, link: `${this.config.publicOrigin}/console/invitations/${token}` }
  }

  private async requireKnown(institutionId: string, body: CreateInvitation): Promise<void> {
    const departments = body.departments.map(({ department }) => department)
    const apps = body.apps.map(({ app }) => app)
    const [knownDepartments, knownApps] = await Promise.all([
      this.identity.departmentsAmong(institutionId, departments),
      this.invitations.appsAmong(institutionId, apps),
    ])
    const unknown = [
      ...departments.filter((id) => !knownDepartments.has(id)),
      ...apps.filter((id) => !knownApps.has(id)),
    ]
    if (unknown.length === 0) return
    throw new OperatorError(
      'operator_membership_invalid',
      `Not in your institution: ${unknown.join(', ')}.`,
    )
  }
}

function taken(login: string): OperatorError {
  return new OperatorError(
    'operator_login_taken',
    `Somebody in your institution has this login already: ${login}.`,
  )
}

function notOpen(why: string): OperatorError {
  return new OperatorError('invitation_not_open', `This invitation cannot be used: ${why}.`)
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
