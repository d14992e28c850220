import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import type { ChannelMethod } from '../channels/channel.port.js'
import type { LateSuccessCase, LateSuccessRow } from './refund.types.js'

const SELECT_CASE = `
  select late.institution_id, late.livemode, late.id, late.payment_id, late.currency, late.amount,
         late.channel_refund_no, late.status, late.created_at,
         attempt.channel as order_channel, attempt.channel_account_id as order_account_id,
         attempt.channel_order_no as order_no, attempt.amount as order_amount,
         attempt.channel_transaction_no as order_transaction_no, attempt.method as order_method,
         attempt.created_at as order_placed_at
    from late_successes as late
    join payment_attempts as attempt
      on attempt.institution_id = late.institution_id and attempt.livemode = late.livemode
     and attempt.id = late.attempt_id
   where late.institution_id = $1 and late.livemode = $2`

type StoredCase = LateSuccessRow & {
  readonly order_channel: string
  readonly order_account_id: string
  readonly order_no: string
  readonly order_amount: bigint
  readonly order_transaction_no: string
  readonly order_method: ChannelMethod
  readonly order_placed_at: Date
}

/** Late successes belong to payments, which write them; refunds give them back and say so. */
@Injectable()
export class LateSuccessRepository {
  constructor(private readonly database: Database) {}

  async findCase(tenant: Tenant, id: string): Promise<LateSuccessCase | null> {
    const values = [tenant.institution_id, tenant.livemode, id]
    const [row] = await this.database.query<StoredCase>(`${SELECT_CASE} and late.id = $3`, values)
    return row ? toCase(row) : null
  }

  /** For a channel's notification, which knows only the number we gave it. */
  async findCaseByNumber(tenant: Tenant, channelRefundNo: string): Promise<LateSuccessCase | null> {
    const values = [tenant.institution_id, tenant.livemode, channelRefundNo]
    const text = `${SELECT_CASE} and late.channel_refund_no = $3`
    const [row] = await this.database.query<StoredCase>(text, values)
    return row ? toCase(row) : null
  }

  /** False when it was known to be refunded before. */
  async markRefunded(tx: Transaction, row: LateSuccessRow, now: Date): Promise<boolean> {
    const changed = await tx.query(
      `update late_successes set status = 'refunded', updated_at = $4
        where institution_id = $1 and livemode = $2 and id = $3 and status = 'posted'
       returning id`,
      [row.institution_id, row.livemode, row.id, now],
    )
    return changed.length === 1
  }
}

function toCase(stored: StoredCase): LateSuccessCase {
  const { order_channel, order_account_id, order_no, order_amount, ...rest } = stored
  const { order_transaction_no, order_method, order_placed_at, ...late } = rest
  return {
    late,
    order: {
      channel: order_channel,
      channel_account_id: order_account_id,
      channel_order_no: order_no,
      channel_transaction_no: order_transaction_no,
      method: order_method,
      placed_at: order_placed_at,
      amount: order_amount,
    },
  }
}
