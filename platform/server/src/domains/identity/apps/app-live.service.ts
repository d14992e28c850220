import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { CLOCK } from '../../../infra/tokens.js'
import { assert } from '../../../kernel/assert.js'
import type { Clock } from '../../../kernel/clock.js'
import { IdentityError } from '../identity.errors.js'
import { AppError } from './app.errors.js'
import { AppRepository } from './app.repository.js'
import type { ApproveLive, RefuseLive, RequestLive, WireApp } from './app.schema.js'
import { AppService } from './app.service.js'
import type { AppRow, LiveRequestRow } from './app.types.js'
import {
  approvedScopes,
  LIVE_TRANSITIONS,
  requireSomebodyElse,
  requireSomethingToAsk,
} from './app-live.rules.js'
import { AppLiveRequestRepository } from './app-live-request.repository.js'

/** Who decides at the command line: the platform's own operator. */
const COMMAND_LINE = 'command_line'

/**
 * An app's way into live mode: somebody asks, somebody else of the department decides, and either of them, or
 * a third, takes it back. What keys then may do is asked anew with every request, and remembered for seconds.
 */
@Injectable()
export class AppLiveService {
  constructor(
    private readonly database: Database,
    private readonly apps: AppRepository,
    private readonly requests: AppLiveRequestRepository,
    private readonly service: AppService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Whether the app is ready is for the caller to have asked.
   * @throws IdentityError app_not_found; AppError app_permission_missing, app_live_request_open, app_live_already
   */
  async request(caller: Caller, id: string, body: RequestLive): Promise<WireApp> {
    await this.service.require(caller, id, 'apps:write')
    const { institution_id, actor_id } = caller
    const requestId = idFor(caller, 'lrq')
    // The same call, after a crash.
    if (await this.requests.find(institution_id, requestId)) return this.service.get(caller, id)
    await this.locked(caller, id, async (tx, app, open) => {
      requireSomethingToAsk(app, open)
      const isNew = await this.requests.insert(tx, {
        ...{ institution_id, id: requestId, app_id: id, scopes: app.scopes },
        ...{ purpose: body.purpose, contact: body.contact },
        ...{ requested_by: actor_id, created_at: this.clock.now() },
      })
      assert(isNew, 'the app is locked, and had no open request')
    })
    return this.service.get(caller, id)
  }

  /** @throws IdentityError app_not_found; AppError app_permission_missing, app_live_request_missing */
  async withdraw(caller: Caller, id: string): Promise<WireApp> {
    await this.service.require(caller, id, 'apps:write')
    await this.locked(caller, id, async (tx, _app, open) => {
      await this.decide(tx, caller, requireOpen(id, open), 'withdrawn', null)
    })
    return this.service.get(caller, id)
  }

  /**
   * @throws IdentityError app_not_found; AppError app_permission_missing, app_live_request_missing,
   * app_live_request_own
   */
  async approve(caller: Caller, id: string, { reason = null }: ApproveLive): Promise<WireApp> {
    await this.service.require(caller, id, 'apps:approve')
    await this.locked(caller, id, async (tx, app, open) => {
      const request = requireOpen(id, open)
      requireSomebodyElse(request, caller.actor_id)
      await this.decide(tx, caller, request, 'approved', reason)
      await this.move(tx, app, 'approve', {
        ...{ live_scopes: approvedScopes(app, request), by: caller.actor_id, reason },
      })
    })
    return this.service.get(caller, id)
  }

  /** @throws as `approve` does */
  async reject(caller: Caller, id: string, { reason }: RefuseLive): Promise<WireApp> {
    await this.service.require(caller, id, 'apps:approve')
    await this.locked(caller, id, async (tx, _app, open) => {
      const request = requireOpen(id, open)
      requireSomebodyElse(request, caller.actor_id)
      await this.decide(tx, caller, request, 'rejected', reason)
    })
    return this.service.get(caller, id)
  }

  /** Its live keys are refused everywhere within 5 seconds. @throws AppError app_permission_missing, app_not_live */
  async suspend(caller: Caller, id: string, { reason }: RefuseLive): Promise<WireApp> {
    await this.service.require(caller, id, 'apps:approve')
    await this.locked(caller, id, (tx, app) =>
      this.move(tx, app, 'suspend', { live_scopes: [], by: caller.actor_id, reason }),
    )
    return this.service.get(caller, id)
  }

  /** For the operator of the platform, who needs nobody's approval: everything that the app may do in test mode. */
  async allow(institutionId: string, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const app = await this.apps.lock(tx, institutionId, id)
      if (!app) throw new IdentityError('app_not_found', `No such app: ${id}.`)
      const live_scopes = app.scopes
      await this.move(tx, app, 'approve', { live_scopes, by: COMMAND_LINE, reason: null })
    })
  }

  /** One decision at a time: whoever holds the app's row sees what the others have decided. */
  private async locked(
    { institution_id }: Caller,
    id: string,
    work: (tx: Transaction, app: AppRow, open: LiveRequestRow | null) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const app = await this.apps.lock(tx, institution_id, id)
      assert(app, 'apps are never deleted')
      await work(tx, app, await this.requests.open(tx, institution_id, id))
    })
  }

  private async decide(
    tx: Transaction,
    { actor_id }: Caller,
    request: LiveRequestRow,
    status: 'approved' | 'rejected' | 'withdrawn',
    reason: string | null,
  ): Promise<void> {
    const decision = { status, by: actor_id, at: this.clock.now(), reason }
    if (await this.requests.decide(tx, request, decision)) return
    throw requestMissing(request.app_id)
  }

  private async move(
    tx: Transaction,
    app: AppRow,
    trigger: 'approve' | 'suspend',
    change: {
      readonly live_scopes: readonly string[]
      readonly by: string
      readonly reason: string | null
    },
  ): Promise<void> {
    const live_status = LIVE_TRANSITIONS[app.live_status][trigger]
    if (!live_status) {
      throw new AppError(
        'app_not_live',
        `The app ${app.id} does not work in live mode (${app.live_status}), so nothing can be taken back.`,
      )
    }
    const isMoved = await this.apps.setLive(tx, app, {
      ...{ ...change, live_status, now: this.clock.now() },
    })
    assert(isMoved, 'the app is locked')
  }
}

function requireOpen(appId: string, open: LiveRequestRow | null): LiveRequestRow {
  if (open) return open
  throw requestMissing(appId)
}

function requestMissing(appId: string): AppError {
  return new AppError(
    'app_live_request_missing',
    `Nobody waits for a decision about ${appId}: it was decided or withdrawn, or nobody asked.`,
  )
}
