import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import {
  listFilterOf,
  toWireList,
  type WireList,
  wireMetadata,
} from '../../../infra/http/wire.schema.js'
import { reportSecurityEvent } from '../../../infra/logging/security-log.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId } from '../../../kernel/id.js'
import { toPage } from '../../../kernel/pagination.js'
import { IdentityService } from '../identity.service.js'
import { OperatorError } from './operator.errors.js'
import { OperatorRepository, type OperatorRow } from './operator.repository.js'
import {
  type Operator,
  type OperatorListQuery,
  toWireOperator,
  type UpdateOperator,
} from './operator.schema.js'
import { OperatorCredentialService } from './operator-credential.service.js'
import { OperatorMembershipService } from './operator-membership.service.js'
import { OperatorSessionService } from './operator-session.service.js'

/** The people of an institution, as those see and change them who administer it. */
@Injectable()
export class OperatorService {
  constructor(
    private readonly database: Database,
    private readonly operators: OperatorRepository,
    private readonly memberships: OperatorMembershipService,
    private readonly sessions: OperatorSessionService,
    private readonly credentials: OperatorCredentialService,
    private readonly identity: IdentityService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(caller: Caller, query: OperatorListQuery): Promise<WireList<Operator>> {
    const filter = {
      ...listFilterOf(query),
      login: query.login ?? null,
      is_disabled: query.status === undefined ? null : query.status === 'disabled',
    }
    const rows = await this.operators.list(caller.institution_id, filter)
    return toWireList(toPage(rows, filter.limit), (row) => toWireOperator(row, caller.livemode))
  }

  /** @throws OperatorError operator_not_found */
  async get(caller: Caller, id: string): Promise<Operator> {
    return toWireOperator(await this.find(caller, id), caller.livemode)
  }

  /** @throws OperatorError operator_not_found, operator_last_admin, operator_membership_invalid */
  async update(caller: Caller, id: string, body: UpdateOperator): Promise<Operator> {
    const { departments } = body
    await this.requireDepartments(caller, departments ?? [])
    await this.change(caller, id, async (tx, row) => {
      if (departments) {
        const held = departments.map(({ department, role }) => ({
          department_id: department,
          role,
        }))
        await this.memberships.setDepartments(caller.institution_id, id, held, tx)
      }
      return {
        ...row,
        name: body.name ?? row.name,
        roles: body.roles ? [...new Set(body.roles)] : row.roles,
        metadata: body.metadata ?? wireMetadata(row.metadata),
      }
    })
    if (body.roles ?? departments) this.report('operator_roles_changed', caller, id, 'changed')
    return this.get(caller, id)
  }

  /**
   * Signs the person out everywhere; they cannot sign in again.
   * @throws OperatorError operator_not_found, operator_last_admin
   */
  async disable(caller: Caller, id: string): Promise<Operator> {
    const now = this.clock.now()
    await this.change(caller, id, async (_, row) => ({
      ...row,
      disabled_at: row.disabled_at ?? now,
      metadata: wireMetadata(row.metadata),
    }))
    await this.sessions.endAll(
      { institution_id: caller.institution_id, operator_id: id },
      'disabled',
    )
    this.report('operator_disabled', caller, id, 'disabled')
    return this.get(caller, id)
  }

  /** @throws OperatorError operator_not_found */
  async enable(caller: Caller, id: string): Promise<Operator> {
    await this.change(caller, id, async (_, row) => ({
      ...row,
      disabled_at: null,
      metadata: wireMetadata(row.metadata),
    }))
    this.report('operator_roles_changed', caller, id, 'enabled')
    return this.get(caller, id)
  }

  /**
   * For somebody who lost the phone and the recovery codes: the next sign-in sets up a new second factor.
   * @throws OperatorError operator_not_found
   */
  async resetSecondFactor(caller: Caller, id: string): Promise<Operator> {
    const { institution_id } = await this.find(caller, id)
    await this.credentials.resetSecondFactor({ institution_id, operator_id: id })
    await this.sessions.endAll({ institution_id, operator_id: id }, 'revoked')
    return this.get(caller, id)
  }

  private async change(
    caller: Caller,
    id: string,
    decide: (
      tx: Transaction,
      row: OperatorRow,
    ) => Promise<OperatorRow & { readonly metadata: Record<string, string> }>,
  ): Promise<void> {
    await this.find(caller, id)
    await this.database.transaction(async (tx) => {
      const admins = await this.operators.lockAdmins(caller.institution_id, tx)
      const row = await this.operators.find(caller.institution_id, id, tx)
      if (!row) throw notFound(id)
      const changed = await decide(tx, row)
      const isAdmin = changed.roles.includes('platform_admin') && changed.disabled_at === null
      if (!isAdmin && admins.includes(id) && admins.length === 1) throw lastAdmin()
      await this.operators.update(changed, tx)
    })
  }

  private async find(caller: Caller, id: string): Promise<OperatorRow> {
    const row = isId(id, 'opr') ? await this.operators.find(caller.institution_id, id) : null
    if (!row) throw notFound(id)
    return row
  }

  private async requireDepartments(
    { institution_id }: Caller,
    held: readonly { readonly department: string }[],
  ): Promise<void> {
    const ids = held.map(({ department }) => department)
    const known = await this.identity.departmentsAmong(institution_id, ids)
    const unknown = ids.filter((id) => !known.has(id))
    if (unknown.length === 0) return
    throw new OperatorError(
      'operator_membership_invalid',
      `No such department: ${unknown.join(', ')}.`,
    )
  }

  private report(
    event: 'operator_roles_changed' | 'operator_disabled',
    caller: Caller,
    operator: string,
    reason: string,
  ): void {
    reportSecurityEvent(event, { operator, actor: caller.actor_id, reason })
  }
}

function notFound(id: string): OperatorError {
  return new OperatorError('operator_not_found', `No such person in your institution: ${id}.`)
}

function lastAdmin(): OperatorError {
  return new OperatorError(
    'operator_last_admin',
    'This is the last platform administrator. Give the role to somebody else first.',
  )
}
