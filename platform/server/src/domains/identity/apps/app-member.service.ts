import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import type { AppRole } from '../../../infra/http/roles.js'
import { assert } from '../../../kernel/assert.js'
import { OperatorMembershipService } from '../operators/operator-membership.service.js'
import { AppError } from './app.errors.js'
import { AppRepository } from './app.repository.js'
import { AppService } from './app.service.js'
import {
  type AddAppMember,
  type AppMember,
  type AppMemberList,
  type RemovedAppMember,
  toWireAppMember,
  type UpdateAppMember,
} from './app-member.schema.js'

/** Who works with an app. Whoever sees the app sees them; its owners and the department's administrators change it. */
@Injectable()
export class AppMemberService {
  constructor(
    private readonly database: Database,
    private readonly apps: AppRepository,
    private readonly service: AppService,
    private readonly memberships: OperatorMembershipService,
  ) {}

  /** @throws IdentityError app_not_found */
  async list(caller: Caller, appId: string): Promise<AppMemberList> {
    await this.service.require(caller, appId)
    const rows = await this.memberships.appMembers(caller.institution_id, appId)
    return { object: 'list', data: rows.map((row) => toWireAppMember(appId, row)) }
  }

  /** A person who is one already gets the role. @throws AppError app_member_unknown, app_owner_last */
  async add(caller: Caller, appId: string, { login, role }: AddAppMember): Promise<AppMember> {
    await this.service.require(caller, appId, 'members:write')
    const { institution_id } = caller
    const operatorId = await this.memberships.findOperator(institution_id, login)
    if (operatorId === null) {
      throw new AppError(
        'app_member_unknown',
        `Nobody signs in as ${login} here, or not any more. Ask an administrator to invite them.`,
      )
    }
    await this.change(caller, appId, operatorId, role)
    return this.require(caller, appId, operatorId)
  }

  /** @throws AppError app_member_not_found, app_owner_last */
  async update(
    caller: Caller,
    appId: string,
    operatorId: string,
    { role }: UpdateAppMember,
  ): Promise<AppMember> {
    await this.service.require(caller, appId, 'members:write')
    await this.require(caller, appId, operatorId)
    await this.change(caller, appId, operatorId, role)
    return this.require(caller, appId, operatorId)
  }

  /** Everybody may leave. @throws AppError app_member_not_found, app_owner_last */
  async remove(caller: Caller, appId: string, operatorId: string): Promise<RemovedAppMember> {
    const isOneself = operatorId === caller.actor_id
    await this.service.require(caller, appId, isOneself ? undefined : 'members:write')
    await this.require(caller, appId, operatorId)
    await this.change(caller, appId, operatorId, null)
    return { object: 'app_member', app: appId, operator: operatorId, deleted: true }
  }

  /** One change of an app's members at a time, so that the last owner does not leave twice. */
  private async change(
    { institution_id }: Caller,
    app_id: string,
    operator_id: string,
    role: AppRole | null,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      assert(await this.apps.lock(tx, institution_id, app_id), 'apps are never deleted')
      const member = { app_id, operator_id }
      if (role === null) await this.memberships.removeAppMember(institution_id, member, tx)
      else await this.memberships.setAppMember(institution_id, { ...member, role }, tx)
      await this.requireOwner(tx, institution_id, app_id)
    })
  }

  private async requireOwner(tx: Transaction, institutionId: string, appId: string): Promise<void> {
    const members = await this.memberships.appMembers(institutionId, appId, tx)
    // An app that was made at the command line begins without anybody.
    if (members.length === 0 || members.some(({ role }) => role === 'owner')) return
    throw new AppError(
      'app_owner_last',
      'An app that people work with needs an owner. Make somebody else one first.',
    )
  }

  private async require(
    { institution_id }: Caller,
    appId: string,
    operatorId: string,
  ): Promise<AppMember> {
    const members = await this.memberships.appMembers(institution_id, appId)
    const row = members.find(({ operator_id }) => operator_id === operatorId)
    if (row) return toWireAppMember(appId, row)
    throw new AppError(
      'app_member_not_found',
      `The person ${operatorId.slice(0, 64)} is no member of ${appId}.`,
    )
  }
}
