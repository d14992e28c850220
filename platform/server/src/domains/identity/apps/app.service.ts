import { Inject, Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { Reply } from '../../../infra/http/reply.js'
import type { PermissionName } from '../../../infra/http/roles.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { CLOCK } from '../../../infra/tokens.js'
import { assert } from '../../../kernel/assert.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId } from '../../../kernel/id.js'
import { API_VERSION_LATEST } from '../../../versions/versions.js'
import { IdentityError } from '../identity.errors.js'
import { OperatorMembershipService } from '../operators/operator-membership.service.js'
import { AppError } from './app.errors.js'
import { AppRepository } from './app.repository.js'
import {
  type AppListQuery,
  type CreateApp,
  toWireApp,
  type UpdateApp,
  type WireApp,
} from './app.schema.js'
import type { AppRow } from './app.types.js'
import {
  departmentNotFound,
  permissionsOn,
  requireInDepartment,
  requirePermission,
  visibleTo,
} from './app-access.rules.js'
import { liveScopesAfter } from './app-live.rules.js'
import { AppLiveRequestRepository } from './app-live-request.repository.js'

/** Apps as their department's people keep them, and as programs of the department read them. */
@Injectable()
export class AppService {
  constructor(
    private readonly database: Database,
    private readonly apps: AppRepository,
    private readonly requests: AppLiveRequestRepository,
    private readonly memberships: OperatorMembershipService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Whoever registers an app answers for it.
   * @throws IdentityError department_not_found; AppError app_permission_missing, app_conflict
   */
  async create(caller: Caller, body: CreateApp): Promise<Reply<WireApp>> {
    requireInDepartment(caller, body.department, 'apps:create')
    const { institution_id, actor_id } = caller
    const id = idFor(caller, 'app')
    const { department: department_id, ...about } = body
    const app = {
      ...{ institution_id, id, department_id, ...about },
      api_version: API_VERSION_LATEST,
      created_by: actor_id,
      created_at: this.clock.now(),
    }
    const isNew = await this.database.transaction(async (tx) => {
      if (!(await this.apps.insert(app, tx))) return false
      const owner = { app_id: id, operator_id: actor_id, role: 'owner' } as const
      await this.memberships.setAppMember(institution_id, owner, tx)
      return true
    })
    const row = await this.apps.find(institution_id, { departments: [], apps: [id] }, id)
    if (!row) throw departmentNotFound(department_id)
    if (!isNew && !isSame(row, body)) {
      throw new AppError(
        'app_conflict',
        `This call registered ${id} before, and it was changed since. Use a new Idempotency-Key.`,
      )
    }
    const wire = toWireApp(row, null, permissionsOn(ownerOf(caller, id), row))
    return isNew ? Reply.created(wire) : Reply.existing(wire)
  }

  async list(caller: Caller, query: AppListQuery): Promise<WireList<WireApp>> {
    const { department, live_status, live_request } = query
    const page = await this.apps.list(caller.institution_id, visibleTo(caller), {
      ...listFilterOf(query),
      department_id: department ?? null,
      live_status: live_status ?? null,
      has_open_request: live_request === undefined ? null : live_request === 'open',
    })
    const ids = page.rows.map(({ id }) => id)
    const requests = await this.requests.latest(caller.institution_id, ids)
    const requestOf = new Map(requests.map((request) => [request.app_id, request]))
    return toWireList(page, (row) =>
      toWireApp(row, requestOf.get(row.id) ?? null, permissionsOn(caller, row)),
    )
  }

  /** @throws IdentityError app_not_found */
  async get(caller: Caller, id: string): Promise<WireApp> {
    return this.toWire(caller, await this.require(caller, id))
  }

  /** @throws IdentityError app_not_found; AppError app_permission_missing */
  async update(caller: Caller, id: string, body: UpdateApp): Promise<WireApp> {
    await this.require(caller, id, 'apps:write')
    await this.database.transaction(async (tx) => {
      const row = await this.apps.lock(tx, caller.institution_id, id)
      assert(row, 'apps are never deleted')
      const live = body.scopes ? { live_scopes: liveScopesAfter(row, body.scopes) } : {}
      await this.apps.update(tx, row, { ...body, ...live }, this.clock.now())
    })
    return this.get(caller, id)
  }

  /**
   * An app that the caller sees, and may do this with.
   * @throws IdentityError app_not_found; AppError app_permission_missing
   */
  async require(caller: Caller, id: string, permission?: PermissionName): Promise<AppRow> {
    const row = isId(id, 'app')
      ? await this.apps.find(caller.institution_id, visibleTo(caller), id)
      : null
    if (!row) {
      const message = `No such app, or it is not yours: ${id.slice(0, 64)}.`
      throw new IdentityError('app_not_found', message)
    }
    if (permission) requirePermission(caller, row, permission)
    return row
  }

  async toWire(caller: Caller, row: AppRow): Promise<WireApp> {
    const [request] = await this.requests.latest(row.institution_id, [row.id])
    return toWireApp(row, request ?? null, permissionsOn(caller, row))
  }
}

/** What was read at sign-in does not know yet that the app is theirs. */
function ownerOf(caller: Caller, appId: string): Caller {
  if (!caller.operator) return caller
  const { authority } = caller.operator
  const apps = new Map([...authority.apps, [appId, 'owner' as const]])
  return { ...caller, operator: { ...caller.operator, authority: { ...authority, apps } } }
}

function isSame(row: AppRow, { name, purpose, department, scopes }: CreateApp): boolean {
  return (
    row.name === name &&
    row.purpose === purpose &&
    row.department_id === department &&
    row.scopes.length === scopes.length &&
    scopes.every((scope) => row.scopes.includes(scope))
  )
}
