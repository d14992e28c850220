// Plain SQL for everything that happens under a wallet's lock; Prisma for lists.
import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../infra/http/wire.schema.js'
import { assert } from '../../kernel/assert.js'
import { type Page, toPage } from '../../kernel/pagination.js'
import type { PinState } from './wallet.rules.js'
import { WALLET_STATUSES, type WalletStatus } from './wallet.state.js'
import type { WalletRow } from './wallet.types.js'

export interface WalletFilter extends ListFilter {
  readonly payer_id: string | null
  readonly status: WalletStatus | null
}

/** What an update may change; undefined leaves it as it is. */
export interface WalletChange {
  readonly limit_per_payment?: bigint | null | undefined
  readonly limit_per_day?: bigint | null | undefined
  readonly metadata?: Record<string, string> | undefined
}

const Status = z.enum(WALLET_STATUSES)

@Injectable()
export class WalletRepository {
  constructor(private readonly database: Database) {}

  /** False when the id is there already, or the payer has a wallet in this currency. */
  async insert(tx: Transaction, row: WalletRow): Promise<boolean> {
    const rows = await tx.query(
      `insert into wallets (institution_id, livemode, id, app_id, payer_id, currency, status,
         limit_per_payment, limit_per_day, metadata, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
       on conflict do nothing returning id`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        row.app_id,
        row.payer_id,
        row.currency,
        row.status,
        row.limit_per_payment,
        row.limit_per_day,
        JSON.stringify(row.metadata),
        row.created_at,
      ],
    )
    return rows.length === 1
  }

  async find(tenant: Tenant, id: string): Promise<WalletRow | null> {
    const [row] = await this.database.query<WalletRow>(
      'select * from wallets where institution_id = $1 and livemode = $2 and id = $3',
      keyOf(tenant, id),
    )
    return row ?? null
  }

  /** The wallet of a payer that is not closed; there is one at most. */
  async findOfPayer(tenant: Tenant, payerId: string, currency: string): Promise<WalletRow | null> {
    const [row] = await this.database.query<WalletRow>(
      `select * from wallets
        where institution_id = $1 and livemode = $2 and payer_id = $3 and currency = $4
          and status <> 'closed'`,
      [...keyOf(tenant, payerId), currency],
    )
    return row ?? null
  }

  /** Nobody else changes it until the transaction ends. Always the last lock that is taken. */
  async lock(tx: Transaction, tenant: Tenant, id: string): Promise<WalletRow | null> {
    const [row] = await tx.query<WalletRow>(
      `select * from wallets where institution_id = $1 and livemode = $2 and id = $3
          for no key update`,
      keyOf(tenant, id),
    )
    return row ?? null
  }

  async list(tenant: Tenant, filter: WalletFilter): Promise<Page<WalletRow>> {
    const { where, ...paging } = listConditions(filter)
    const rows = await this.database.prisma.wallet.findMany({
      where: {
        institution_id: tenant.institution_id,
        livemode: tenant.livemode,
        ...(filter.payer_id ? { payer_id: filter.payer_id } : {}),
        ...(filter.status ? { status: filter.status } : {}),
        ...where,
      },
      ...paging,
    })
    return toPage(
      rows.map((row) => ({ ...row, status: Status.parse(row.status) })),
      filter.limit,
    )
  }

  async update(
    tenant: Tenant,
    id: string,
    change: WalletChange,
    now: Date,
  ): Promise<WalletRow | null> {
    const [row] = await this.database.query<WalletRow>(
      `update wallets set updated_at = $4,
         limit_per_payment = case when $5 then $6::bigint else limit_per_payment end,
         limit_per_day = case when $7 then $8::bigint else limit_per_day end,
         metadata = coalesce($9::jsonb, metadata)
        where institution_id = $1 and livemode = $2 and id = $3 and status <> 'closed' returning *`,
      [
        ...keyOf(tenant, id),
        now,
        change.limit_per_payment !== undefined,
        change.limit_per_payment ?? null,
        change.limit_per_day !== undefined,
        change.limit_per_day ?? null,
        change.metadata ? JSON.stringify(change.metadata) : null,
      ],
    )
    return row ?? null
  }

  /** Moves a locked wallet. */
  async move(
    tx: Transaction,
    row: WalletRow,
    status: WalletStatus,
    change: { readonly frozen_reason: string | null; readonly now: Date },
  ): Promise<WalletRow> {
    const [moved] = await tx.query<WalletRow>(
      `update wallets set status = $5, frozen_reason = $6, updated_at = $7,
         closed_at = case when $5 = 'closed' then $7::timestamptz end
        where institution_id = $1 and livemode = $2 and id = $3 and status = $4 returning *`,
      [...keyOf(row, row.id), row.status, status, change.frozen_reason, change.now],
    )
    assert(moved, `wallet ${row.id} is locked, so it is still ${row.status}`)
    return moved
  }

  /** Changes the balance of a locked wallet. The database refuses what would make it negative. */
  async changeBalance(
    tx: Transaction,
    row: WalletRow,
    change: { readonly balance: bigint; readonly held: bigint; readonly now: Date },
  ): Promise<WalletRow> {
    const [changed] = await tx.query<WalletRow>(
      `update wallets set balance = balance + $4, held = held + $5, updated_at = $6
        where institution_id = $1 and livemode = $2 and id = $3 returning *`,
      [...keyOf(row, row.id), change.balance, change.held, change.now],
    )
    assert(changed, `wallet ${row.id} is locked, so it is there`)
    return changed
  }

  async savePinState(tx: Transaction, row: WalletRow, state: PinState): Promise<void> {
    await tx.query(
      `update wallets set pin_failed_count = $4, pin_locked_until = $5
        where institution_id = $1 and livemode = $2 and id = $3`,
      [...keyOf(row, row.id), state.pin_failed_count, state.pin_locked_until],
    )
  }

  /** A new PIN also ends a lock. Null when there is no such wallet, or it is closed. */
  async setPin(tenant: Tenant, id: string, hash: string, now: Date): Promise<WalletRow | null> {
    const [row] = await this.database.query<WalletRow>(
      `update wallets set pin_hash = $4, pin_failed_count = 0, pin_locked_until = null, updated_at = $5
        where institution_id = $1 and livemode = $2 and id = $3 and status <> 'closed' returning *`,
      [...keyOf(tenant, id), hash, now],
    )
    return row ?? null
  }
}

const keyOf = (tenant: Tenant, id: string) => [tenant.institution_id, tenant.livemode, id] as const
