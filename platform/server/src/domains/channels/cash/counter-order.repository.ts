import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { assert } from '../../../kernel/assert.js'
import type { Received } from './counter.rules.js'
import type { CounterOrderRow, CounterOrderStatus } from './counter.types.js'

@Injectable()
export class CounterOrderRepository {
  constructor(private readonly database: Database) {}

  /** False when the order is there already, or another one that waits has its counter number. */
  async insert(row: CounterOrderRow): Promise<boolean> {
    const rows = await this.database.query(
      `insert into counter_orders (institution_id, livemode, id, order_no, channel_account_id,
         counter_no, currency, amount, description, status, expires_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
       on conflict do nothing returning id`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        row.order_no,
        row.channel_account_id,
        row.counter_no,
        row.currency,
        row.amount,
        row.description,
        row.status,
        row.expires_at,
        row.created_at,
      ],
    )
    return rows.length === 1
  }

  async find(tenant: Tenant, orderNo: string): Promise<CounterOrderRow | null> {
    const [row] = await this.database.query<CounterOrderRow>(
      `select * from counter_orders
        where institution_id = $1 and livemode = $2 and order_no = $3`,
      [tenant.institution_id, tenant.livemode, orderNo],
    )
    return row ?? null
  }

  /** The order that waits under this number, or else the last one that had it. */
  async findByCounterNo(tenant: Tenant, counterNo: string): Promise<CounterOrderRow | null> {
    const [row] = await this.database.query<CounterOrderRow>(
      `select * from counter_orders
        where institution_id = $1 and livemode = $2 and counter_no = $3
        order by (status = 'waiting') desc, id desc limit 1`,
      [tenant.institution_id, tenant.livemode, counterNo],
    )
    return row ?? null
  }

  async lock(tx: Transaction, tenant: Tenant, orderNo: string): Promise<CounterOrderRow | null> {
    const [row] = await tx.query<CounterOrderRow>(
      `select * from counter_orders
        where institution_id = $1 and livemode = $2 and order_no = $3 for no key update`,
      [tenant.institution_id, tenant.livemode, orderNo],
    )
    return row ?? null
  }

  /** Ends a locked order without money. */
  async end(
    tx: Transaction,
    row: CounterOrderRow,
    status: CounterOrderStatus,
    now: Date,
  ): Promise<CounterOrderRow> {
    const [ended] = await tx.query<CounterOrderRow>(
      `update counter_orders set status = $5, updated_at = $6
        where institution_id = $1 and livemode = $2 and order_no = $3 and status = $4 returning *`,
      [row.institution_id, row.livemode, row.order_no, row.status, status, now],
    )
    assert(ended, `order ${row.order_no} is locked, so it is still ${row.status}`)
    return ended
  }

  /** Notes on a locked order what the cashier took. */
  async receive(
    tx: Transaction,
    row: CounterOrderRow,
    received: Received & { readonly change_amount: bigint },
    now: Date,
  ): Promise<CounterOrderRow> {
    const [paid] = await tx.query<CounterOrderRow>(
      `update counter_orders set status = 'paid', tender = $5, received_amount = $6,
         change_amount = $7, terminal_reference = $8, cashier = $9, paid_at = $10, updated_at = $10
        where institution_id = $1 and livemode = $2 and order_no = $3 and status = $4 returning *`,
      [
        row.institution_id,
        row.livemode,
        row.order_no,
        row.status,
        received.tender,
        received.received_amount,
        received.change_amount,
        received.terminal_reference,
        received.cashier,
        now,
      ],
    )
    assert(paid, `order ${row.order_no} is locked, so it is still ${row.status}`)
    return paid
  }

  async addRefund(tx: Transaction, row: CounterOrderRow, amount: bigint, now: Date): Promise<void> {
    await tx.query(
      `update counter_orders set amount_refunded = amount_refunded + $4, updated_at = $5
        where institution_id = $1 and livemode = $2 and order_no = $3`,
      [row.institution_id, row.livemode, row.order_no, amount, now],
    )
  }
}
