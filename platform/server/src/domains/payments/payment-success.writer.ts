// Hot path: at the end of a term thousands pay at once, and each success is one notification.
import { Injectable, Logger } from '@nestjs/common'
import { Coalescer } from '../../infra/database/coalescer.js'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { causedByNobody } from '../../infra/outbox/event-cause.js'
import { assert } from '../../kernel/assert.js'
import { IdentityService } from '../identity/identity.service.js'
import { LedgerService } from '../ledger/ledger.service.js'
import { CashierLinks } from './cashier-link.js'
import { paymentEvent } from './payment.events.js'
import { isPlainSuccess } from './payment.rules.js'
import { toWirePayment } from './payment.schema.js'
import type { Payment, PaymentAttempt } from './payment.types.js'
import { paymentPosting } from './payment-posting.rules.js'

/** What the channel said of an order, after it was compared with our row. */
export interface PlainSuccess {
  readonly attempt: PaymentAttempt
  readonly transaction_no: string
  readonly paid_at: Date
}

/** Payments first and in the order of their ids, then their attempts: the one lock order. */
const LOCK = `
  select payment.*, attempt.id as attempt_id, attempt.status as attempt_status
    from unnest($3::text[], $4::text[]) as wanted(payment_id, attempt_id)
    join payments as payment
      on payment.institution_id = $1 and payment.livemode = $2 and payment.id = wanted.payment_id
    join payment_attempts as attempt
      on attempt.institution_id = $1 and attempt.livemode = $2 and attempt.id = wanted.attempt_id
     and attempt.payment_id = payment.id
   order by payment.id
     for update of payment, attempt`

/** Only what is still as it was locked; the caller counts. */
const MOVE = `
  with given as (
    select * from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[])
      as row(payment_id, attempt_id, transaction_no, paid_at)
  ), attempts as (
    update payment_attempts as attempt
       set status = 'succeeded', updated_at = now(), channel_transaction_no = given.transaction_no
      from given
     where attempt.institution_id = $1 and attempt.livemode = $2 and attempt.id = given.attempt_id
       and attempt.status in ('pending', 'processing')
    returning attempt.payment_id, attempt.channel, attempt.method
  )
  update payments as payment
     set status = 'succeeded', updated_at = now(), channel = attempts.channel,
         method = attempts.method, next_action = null, failure_code = null, failure_message = null,
         succeeded_at = given.paid_at, closed_at = null
    from attempts join given using (payment_id)
   where payment.institution_id = $1 and payment.livemode = $2 and payment.id = attempts.payment_id
     and payment.status in ('pending', 'processing')
  returning payment.*`

type LockedPayment = Payment & {
  readonly attempt_id: string
  readonly attempt_status: PaymentAttempt['status']
}

/**
 * Records the plain successes of one moment together: status, ledger and event of each in one transaction, in
 * four statements for all of them. Whatever is not plain (a checkout's bills, a top-up, money that is late or
 * comes twice), and every batch that fails for any reason, is left to the general path, which does one payment
 * at a time and is safe to run after this.
 */
@Injectable()
export class PaymentSuccessWriter {
  private readonly logger = new Logger('PaymentSuccess')
  private readonly writer: Coalescer<PlainSuccess, boolean>

  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerService,
    private readonly identity: IdentityService,
    private readonly links: CashierLinks,
  ) {
    this.writer = new Coalescer({
      groupOf: ({ attempt }) => `${attempt.institution_id} ${attempt.livemode}`,
      run: (successes) =>
        causedByNobody(() => this.write(successes)).catch((error: unknown) => {
          this.logger.warn({ err: error, count: successes.length }, 'each goes the general way')
          return successes.map(() => false)
        }),
    })
  }

  /** True when it is booked and durable; false when nothing was written and the general path must look. */
  record(success: PlainSuccess): Promise<boolean> {
    return this.writer.submit(success)
  }

  private async write(successes: readonly PlainSuccess[]): Promise<readonly boolean[]> {
    const [first] = successes
    if (!first) return []
    const tenant: Tenant = first.attempt
    const recorded = await this.database.transaction(async (tx) => {
      const plain = await this.lockPlain(tx, tenant, successes)
      if (plain.size === 0) return plain
      const moved = await this.move(tx, tenant, [...plain.values()])
      await this.book(tx, tenant, moved, plain)
      await this.tell(tx, moved)
      return plain
    })
    return successes.map((success) => recorded.get(success.attempt.payment_id) === success)
  }

  /** By payment: of two successes of one payment, the second is for the general path. */
  private async lockPlain(
    tx: Transaction,
    tenant: Tenant,
    successes: readonly PlainSuccess[],
  ): Promise<ReadonlyMap<string, PlainSuccess>> {
    const byPayment = new Map<string, PlainSuccess>()
    for (const success of successes) {
      const { payment_id } = success.attempt
      if (!byPayment.has(payment_id)) byPayment.set(payment_id, success)
    }
    const locked = await tx.query<LockedPayment>(
      LOCK,
      [
        ...keyOf(tenant),
        [...byPayment.keys()],
        [...byPayment.values()].map(({ attempt }) => attempt.id),
      ],
      'payment_success_lock',
    )
    return new Map(
      locked.flatMap((payment) => {
        const success = byPayment.get(payment.id)
        const attempt = { id: payment.attempt_id, status: payment.attempt_status }
        return success && isPlainSuccess(payment, attempt) ? [[payment.id, success]] : []
      }),
    )
  }

  private async move(
    tx: Transaction,
    tenant: Tenant,
    plain: readonly PlainSuccess[],
  ): Promise<Payment[]> {
    const moved = await tx.query<Payment>(
      MOVE,
      [
        ...keyOf(tenant),
        plain.map(({ attempt }) => attempt.payment_id),
        plain.map(({ attempt }) => attempt.id),
        plain.map(({ transaction_no }) => transaction_no),
        plain.map(({ paid_at }) => paid_at),
      ],
      'payment_success_move',
    )
    assert(moved.length === plain.length, 'locked payments and attempts do not move under us')
    return moved
  }

  private async book(
    tx: Transaction,
    tenant: Tenant,
    moved: readonly Payment[],
    plain: ReadonlyMap<string, PlainSuccess>,
  ): Promise<void> {
    const time_zone = await this.identity.timeZoneOf(tenant.institution_id, tx)
    const postings = moved.map((payment) => {
      const success = plain.get(payment.id)
      assert(success, 'only what was to move has moved')
      const booked = { posted_at: success.paid_at, time_zone }
      return paymentPosting(payment, success.attempt, [], booked)
    })
    await this.ledger.postAll(tx, tenant, postings)
  }

  private async tell(tx: Transaction, moved: readonly Payment[]): Promise<void> {
    const events = []
    for (const payment of moved) {
      const { institution_id, app_id } = payment
      const apiVersion = await this.identity.apiVersionOf(institution_id, app_id, tx)
      const wire = toWirePayment(payment, this.links.urlOf(payment))
      events.push(paymentEvent('payment.succeeded', payment, wire, apiVersion))
    }
    await appendEvents(tx, events)
  }
}

const keyOf = ({ institution_id, livemode }: Tenant) => [institution_id, livemode]
