import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { assert } from '../../../kernel/assert.js'
import type { CounterRefundRow } from './counter.types.js'

@Injectable()
export class CounterRefundRepository {
  constructor(private readonly database: Database) {}

  async insert(tx: Transaction, row: CounterRefundRow): Promise<void> {
    await tx.query(
      `insert into counter_refunds (institution_id, livemode, refund_no, order_no, currency, amount,
         reason, status, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [
        row.institution_id,
        row.livemode,
        row.refund_no,
        row.order_no,
        row.currency,
        row.amount,
        row.reason,
        row.status,
        row.created_at,
      ],
    )
  }

  async find(tenant: Tenant, refundNo: string): Promise<CounterRefundRow | null> {
    const [row] = await this.database.query<CounterRefundRow>(
      `select * from counter_refunds
        where institution_id = $1 and livemode = $2 and refund_no = $3`,
      [tenant.institution_id, tenant.livemode, refundNo],
    )
    return row ?? null
  }

  async lock(tx: Transaction, tenant: Tenant, refundNo: string): Promise<CounterRefundRow | null> {
    const [row] = await tx.query<CounterRefundRow>(
      `select * from counter_refunds
        where institution_id = $1 and livemode = $2 and refund_no = $3 for no key update`,
      [tenant.institution_id, tenant.livemode, refundNo],
    )
    return row ?? null
  }

  async handOut(
    tx: Transaction,
    row: CounterRefundRow,
    cashier: string,
    now: Date,
  ): Promise<CounterRefundRow> {
    const [handed] = await tx.query<CounterRefundRow>(
      `update counter_refunds
          set status = 'handed_out', cashier = $4, handed_out_at = $5, updated_at = $5
        where institution_id = $1 and livemode = $2 and refund_no = $3 and status = 'waiting'
        returning *`,
      [row.institution_id, row.livemode, row.refund_no, cashier, now],
    )
    assert(handed, `refund ${row.refund_no} is locked and waits`)
    return handed
  }
}
