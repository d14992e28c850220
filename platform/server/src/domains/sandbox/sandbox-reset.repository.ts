import { Injectable } from '@nestjs/common'
import type { AppRef } from '../../infra/clock/app-clocks.js'
import { Database, type Transaction } from '../../infra/database/database.js'
import { newId } from '../../kernel/id.js'
import { RESET_KINDS, type ResetKind, type ResetRow } from './sandbox-reset.types.js'

/** An app in test mode. No statement of this file takes the mode from anybody: it is written in each of them. */
export type SandboxRef = Omit<AppRef, 'livemode'>

export interface Reset {
  readonly id: string
  readonly now: Date
  readonly keep_webhook_endpoints: boolean
  readonly test_clock_removed: boolean
  /** The idempotency key of the reset itself, which has to outlive it. */
  readonly own_key: { readonly route: string; readonly key: string } | null
}

@Injectable()
export class SandboxResetRepository {
  constructor(private readonly database: Database) {}

  async find({ institution_id, app_id }: SandboxRef, id: string): Promise<ResetRow | null> {
    const [row] = await this.database.query<ResetRow>(
      `select id, created_at, metadata from apps
        where institution_id = $1 and set_aside_of = $2 and id = $3`,
      [institution_id, app_id, id],
    )
    return row ?? null
  }

  /**
   * One transaction. Rows keep their ids and everything else; only whose they are changes, so that nothing
   * that points at them, from the ledger to a provider's notification, points at nothing.
   */
  async run(app: SandboxRef, reset: Reset): Promise<void> {
    await this.database.transaction(async (tx) => {
      // Two resets at once: the second finds what the first has left.
      await tx.query(
        'select from apps where institution_id = $1 and id = $2 for no key update',
        owner(app),
      )
      if (!(await this.insert(tx, app, reset))) return
      const counts: Partial<Record<ResetKind, number>> = {}
      for (const kind of RESET_KINDS) {
        counts[kind] =
          kind === 'webhook_endpoints'
            ? await this.takeEndpoints(tx, app, reset)
            : await this.take(tx, kind, app, reset.id)
      }
      await this.forgetKeys(tx, app, reset)
      await tx.query('update apps set metadata = $3 where institution_id = $1 and id = $2', [
        app.institution_id,
        reset.id,
        JSON.stringify({ ...counts, test_clock_removed: reset.test_clock_removed }),
      ])
    })
  }

  /** False when this very reset was done before. */
  private async insert(tx: Transaction, app: SandboxRef, { id, now }: Reset): Promise<boolean> {
    const rows = await tx.query(
      `insert into apps (institution_id, id, department_id, name, scopes, api_version, set_aside_of,
                         created_at, updated_at)
       select institution_id, $3, department_id, name, '{}', api_version, id, $4, $4
         from apps where institution_id = $1 and id = $2
       on conflict do nothing returning id`,
      [...owner(app), id, now],
    )
    return rows.length === 1
  }

  private async take(
    tx: Transaction,
    kind: ResetKind,
    app: SandboxRef,
    resetId: string,
  ): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      `with taken as (
         update ${kind} set app_id = $3
          where institution_id = $1 and not livemode and app_id = $2 returning 1
       ) select count(*)::int as count from taken`,
      [...owner(app), resetId],
    )
    return row?.count ?? 0
  }

  /** Nothing more is sent to them. Those that are kept begin again without deliveries. */
  private async takeEndpoints(tx: Transaction, app: SandboxRef, reset: Reset): Promise<number> {
    const endpoints = await tx.query<{ id: string }>(
      `select id from webhook_endpoints
        where institution_id = $1 and not livemode and app_id = $2 for update`,
      owner(app),
    )
    await tx.query(
      `update webhook_deliveries set status = 'cancelled', next_attempt_at = null, updated_at = $3
        where institution_id = $1 and not livemode and endpoint_id = any($2) and status = 'pending'`,
      [app.institution_id, endpoints.map(({ id }) => id), reset.now],
    )
    await tx.query(
      `update webhook_resends set status = 'stopped', updated_at = $3
        where institution_id = $1 and not livemode and app_id = $2 and status = 'running'`,
      [...owner(app), reset.now],
    )
    if (reset.keep_webhook_endpoints) {
      for (const { id } of endpoints) await this.takeDeliveries(tx, app, id, reset.id)
      return 0
    }
    await tx.query(
      `update webhook_endpoints set status = 'deleted', updated_at = $3
        where institution_id = $1 and not livemode and app_id = $2`,
      [...owner(app), reset.now],
    )
    return this.take(tx, 'webhook_endpoints', app, reset.id)
  }

  /** A deleted copy of the endpoint takes them. Its sealed secret opens for the original alone. */
  private async takeDeliveries(
    tx: Transaction,
    { institution_id }: SandboxRef,
    endpointId: string,
    resetId: string,
  ): Promise<void> {
    const copyId = newId('whk')
    await tx.query(
      `insert into webhook_endpoints
       select (jsonb_populate_record(original, $3)).* from webhook_endpoints original
        where institution_id = $1 and not livemode and id = $2`,
      [
        institution_id,
        endpointId,
        JSON.stringify({ id: copyId, app_id: resetId, status: 'deleted' }),
      ],
    )
    await tx.query(
      `update webhook_deliveries set endpoint_id = $3
        where institution_id = $1 and not livemode and endpoint_id = $2`,
      [institution_id, endpointId, copyId],
    )
  }

  /**
   * After everything they answered for: an answer that stays must not tell of an object that went. A call that
   * is still running finds its key gone, and stores nothing.
   */
  private async forgetKeys(tx: Transaction, app: SandboxRef, { own_key }: Reset): Promise<void> {
    await tx.query(
      `delete from idempotency_keys
        where institution_id = $1 and not livemode and app_id = $2
          and (route, key) is distinct from ($3, $4)`,
      [...owner(app), own_key?.route ?? null, own_key?.key ?? null],
    )
  }
}

const owner = ({ institution_id, app_id }: SandboxRef) => [institution_id, app_id] as const
