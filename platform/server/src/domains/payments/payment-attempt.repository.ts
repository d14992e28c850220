// Hot path: plain SQL; an attempt is read and moved with every notification.
import { Injectable } from '@nestjs/common'
import { Database, type SqlReader, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import type { PaymentStatus } from './payment.state.js'
import type { PaymentAttempt } from './payment.types.js'

@Injectable()
export class PaymentAttemptRepository {
  constructor(private readonly database: Database) {}

  async insert(tx: Transaction, attempt: PaymentAttempt): Promise<void> {
    await tx.query(
      `insert into payment_attempts (institution_id, livemode, id, payment_id, channel, method,
         channel_account_id, channel_order_no, amount, currency, status, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)`,
      [
        attempt.institution_id,
        attempt.livemode,
        attempt.id,
        attempt.payment_id,
        attempt.channel,
        attempt.method,
        attempt.channel_account_id,
        attempt.channel_order_no,
        attempt.amount,
        attempt.currency,
        attempt.status,
        attempt.created_at,
      ],
    )
  }

  async find(tenant: Tenant, id: string): Promise<PaymentAttempt | null> {
    const [row] = await this.database.query<PaymentAttempt>(
      'select * from payment_attempts where institution_id = $1 and livemode = $2 and id = $3',
      [tenant.institution_id, tenant.livemode, id],
    )
    return row ?? null
  }

  async findByOrderNo(tenant: Tenant, orderNo: string): Promise<PaymentAttempt | null> {
    const [row] = await this.database.query<PaymentAttempt>(
      `select * from payment_attempts
        where institution_id = $1 and livemode = $2 and channel_order_no = $3`,
      [tenant.institution_id, tenant.livemode, orderNo],
    )
    return row ?? null
  }

  async latest(
    tenant: Tenant,
    paymentId: string,
    reader: SqlReader = this.database,
  ): Promise<PaymentAttempt | null> {
    const [row] = await reader.query<PaymentAttempt>(
      `select * from payment_attempts
        where institution_id = $1 and livemode = $2 and payment_id = $3
        order by id desc limit 1`,
      [tenant.institution_id, tenant.livemode, paymentId],
    )
    return row ?? null
  }

  /** The attempt whose success paid the payment. */
  async succeeded(
    tx: Transaction,
    tenant: Tenant,
    paymentId: string,
  ): Promise<PaymentAttempt | null> {
    const [row] = await tx.query<PaymentAttempt>(
      `select attempt.* from payment_attempts attempt
        where institution_id = $1 and livemode = $2 and payment_id = $3 and status = 'succeeded'
          and not exists (select from late_successes late
            where late.institution_id = attempt.institution_id
              and late.livemode = attempt.livemode and late.attempt_id = attempt.id)`,
      [tenant.institution_id, tenant.livemode, paymentId],
    )
    return row ?? null
  }

  async lock(tx: Transaction, tenant: Tenant, id: string): Promise<PaymentAttempt | null> {
    const [row] = await tx.query<PaymentAttempt>(
      `select * from payment_attempts
        where institution_id = $1 and livemode = $2 and id = $3 for update`,
      [tenant.institution_id, tenant.livemode, id],
    )
    return row ?? null
  }

  async move(
    tx: Transaction,
    attempt: PaymentAttempt,
    status: PaymentStatus,
    change: { readonly code_url?: string; readonly channel_transaction_no?: string } = {},
  ): Promise<void> {
    await tx.query(
      `update payment_attempts set status = $4, updated_at = now(),
         code_url = coalesce($5, code_url), channel_transaction_no = coalesce($6, channel_transaction_no)
        where institution_id = $1 and livemode = $2 and id = $3`,
      [
        attempt.institution_id,
        attempt.livemode,
        attempt.id,
        status,
        change.code_url ?? null,
        change.channel_transaction_no ?? null,
      ],
    )
  }

  async countQuery(tx: Transaction, attempt: PaymentAttempt): Promise<void> {
    await tx.query(
      `update payment_attempts set query_count = query_count + 1, updated_at = now()
        where institution_id = $1 and livemode = $2 and id = $3`,
      [attempt.institution_id, attempt.livemode, attempt.id],
    )
  }
}
