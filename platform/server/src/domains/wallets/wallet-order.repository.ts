import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import type { WalletOrderRow } from './wallet.types.js'
import type { WalletOrderStatus } from './wallet-order.state.js'

/** What a move of an order writes beside its new status. */
export type WalletOrderChange = Partial<
  Pick<
    WalletOrderRow,
    'wallet_id' | 'failure_code' | 'failure_message' | 'transaction_no' | 'paid_at'
  >
>

@Injectable()
export class WalletOrderRepository {
  constructor(private readonly database: Database) {}

  /** An order that is there already stays as it is. */
  async insert(row: WalletOrderRow): Promise<void> {
    await this.database.query(
      `insert into wallet_orders (institution_id, livemode, order_no, channel_account_id, currency,
         amount, description, status, expires_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
       on conflict (institution_id, livemode, order_no) do nothing`,
      [
        row.institution_id,
        row.livemode,
        row.order_no,
        row.channel_account_id,
        row.currency,
        row.amount,
        row.description,
        row.status,
        row.expires_at,
        row.created_at,
      ],
    )
  }

  async find(tenant: Tenant, orderNo: string): Promise<WalletOrderRow | null> {
    const [row] = await this.database.query<WalletOrderRow>(
      `select * from wallet_orders
        where institution_id = $1 and livemode = $2 and order_no = $3`,
      [tenant.institution_id, tenant.livemode, orderNo],
    )
    return row ?? null
  }

  async lock(tx: Transaction, tenant: Tenant, orderNo: string): Promise<WalletOrderRow | null> {
    const [row] = await tx.query<WalletOrderRow>(
      `select * from wallet_orders
        where institution_id = $1 and livemode = $2 and order_no = $3 for no key update`,
      [tenant.institution_id, tenant.livemode, orderNo],
    )
    return row ?? null
  }

  /** Moves a locked order. */
  async move(
    tx: Transaction,
    row: WalletOrderRow,
    status: WalletOrderStatus,
    change: WalletOrderChange,
    now: Date,
  ): Promise<void> {
    const moved = await tx.query(
      `update wallet_orders set status = $5, updated_at = $6, wallet_id = $7, failure_code = $8,
         failure_message = $9, transaction_no = $10, paid_at = $11
        where institution_id = $1 and livemode = $2 and order_no = $3 and status = $4
        returning order_no`,
      [
        row.institution_id,
        row.livemode,
        row.order_no,
        row.status,
        status,
        now,
        change.wallet_id ?? null,
        change.failure_code ?? null,
        change.failure_message ?? null,
        change.transaction_no ?? null,
        change.paid_at ?? null,
      ],
    )
    assert(moved.length === 1, `order ${row.order_no} is locked, so it is still ${row.status}`)
  }

  async addRefund(tx: Transaction, row: WalletOrderRow, amount: bigint, now: Date): Promise<void> {
    await tx.query(
      `update wallet_orders set amount_refunded = amount_refunded + $4, updated_at = $5
        where institution_id = $1 and livemode = $2 and order_no = $3`,
      [row.institution_id, row.livemode, row.order_no, amount, now],
    )
  }
}
