// Hot path: plain SQL; an attempt is read and moved with every notification.
import { Injectable } from '@nestjs/common'
import { Coalescer } from '../../infra/database/coalescer.js'
import { Database, type SqlReader, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import type { NextAction } from '../channels/channel.port.js'
import type { PaymentAttempt } from './payment.types.js'
import type { AttemptStatus } from './payment-attempt.state.js'

interface WantedOrder {
  readonly tenant: Tenant
  readonly orderNo: string
}

@Injectable()
export class PaymentAttemptRepository {
  private readonly finder: Coalescer<WantedOrder, PaymentAttempt | null>

  constructor(private readonly database: Database) {
    this.finder = new Coalescer({
      groupOf: ({ tenant }) => `${tenant.institution_id} ${tenant.livemode}`,
      run: (wanted) => this.findAllByOrderNo(wanted),
    })
  }

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

  /** Orders that are asked for at the same moment, by their notifications, are found by one statement. */
  findByOrderNo(tenant: Tenant, orderNo: string): Promise<PaymentAttempt | null> {
    return this.finder.submit({ tenant, orderNo })
  }

  private async findAllByOrderNo(
    wanted: readonly WantedOrder[],
  ): Promise<(PaymentAttempt | null)[]> {
    const [first] = wanted
    if (!first) return []
    const rows = await this.database.query<PaymentAttempt>(
      `select * from payment_attempts
        where institution_id = $1 and livemode = $2 and channel_order_no = any($3)`,
      [first.tenant.institution_id, first.tenant.livemode, wanted.map(({ orderNo }) => orderNo)],
      'attempt_by_order_no',
    )
    const byOrderNo = new Map(rows.map((row) => [row.channel_order_no, row]))
    return wanted.map(({ orderNo }) => byOrderNo.get(orderNo) ?? null)
  }

  /** Orders of a payment that may still be paid, although it no longer waits for them. */
  async openBesidesCurrent(tenant: Tenant, paymentId: string): Promise<PaymentAttempt[]> {
    return this.database.query<PaymentAttempt>(
      `select attempt.* from payment_attempts attempt
         join payments payment
           on payment.institution_id = attempt.institution_id
          and payment.livemode = attempt.livemode and payment.id = attempt.payment_id
        where attempt.institution_id = $1 and attempt.livemode = $2 and attempt.payment_id = $3
          and attempt.status in ('created', 'pending', 'processing')
          and attempt.id is distinct from payment.current_attempt_id
        order by attempt.id`,
      [tenant.institution_id, tenant.livemode, paymentId],
    )
  }

  /** Whether its payment still waits for this order, read as it is now. */
  async isAwaited(attempt: PaymentAttempt): Promise<boolean> {
    const rows = await this.database.query(
      `select from payments
        where institution_id = $1 and livemode = $2 and id = $3 and current_attempt_id = $4
          and status in ('created', 'pending', 'processing')`,
      [attempt.institution_id, attempt.livemode, attempt.payment_id, attempt.id],
    )
    return rows.length === 1
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
    status: AttemptStatus,
    change: { readonly next_action?: NextAction; readonly channel_transaction_no?: string } = {},
  ): Promise<void> {
    const rows = await tx.query(
      `update payment_attempts set status = $4, updated_at = now(),
         next_action = coalesce($5, next_action),
         channel_transaction_no = coalesce($6, channel_transaction_no)
        where institution_id = $1 and livemode = $2 and id = $3 and status = $7
        returning id`,
      [
        attempt.institution_id,
        attempt.livemode,
        attempt.id,
        status,
        change.next_action ? JSON.stringify(change.next_action) : null,
        change.channel_transaction_no ?? null,
        attempt.status,
      ],
    )
    assert(rows.length === 1, 'a locked attempt does not move under us')
  }

  async countQuery(tx: Transaction, attempt: PaymentAttempt): Promise<void> {
    await tx.query(
      `update payment_attempts set query_count = query_count + 1, updated_at = now()
        where institution_id = $1 and livemode = $2 and id = $3`,
      [attempt.institution_id, attempt.livemode, attempt.id],
    )
  }
}
