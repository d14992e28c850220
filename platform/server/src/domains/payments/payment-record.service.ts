import { Inject, Injectable, Logger } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { BillService } from '../bills/bill.service.js'
import type { ChannelAccount, OrderState } from '../channels/channel.port.js'
import { IdentityService } from '../identity/identity.service.js'
import { channelClearing, departmentPayable } from '../ledger/ledger.accounts.js'
import { LedgerService } from '../ledger/ledger.service.js'
import { CashierLinks } from './cashier-link.js'
import { CheckoutEndService } from './checkout-end.service.js'
import { LateSuccessService } from './late-success.service.js'
import { eventOfStatus, paymentEvent } from './payment.events.js'
import { type PaymentChange, PaymentRepository } from './payment.repository.js'
import { disagreementOf } from './payment.rules.js'
import { toWirePayment } from './payment.schema.js'
import { nextPaymentStatus, OPEN_PAYMENT_STATUSES, type PaymentTrigger } from './payment.state.js'
import type { Payment, PaymentAttempt } from './payment.types.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'

export type PaidState = Extract<OrderState, { kind: 'paid' }>

/** What became of an answer: booked, known already, money too late, or not believed. */
export type RecordResult = 'recorded' | 'known' | 'late' | 'disagrees'

/**
 * Step three of every channel call: one transaction that records what the channel said. Answers,
 * notifications and queries all end here, in any order and any number of times, and the first one books.
 */
@Injectable()
export class PaymentRecordService {
  private readonly logger = new Logger('PaymentRecord')

  constructor(
    private readonly database: Database,
    private readonly payments: PaymentRepository,
    private readonly attempts: PaymentAttemptRepository,
    private readonly checkouts: CheckoutEndService,
    private readonly lateSuccesses: LateSuccessService,
    private readonly bills: BillService,
    private readonly ledger: LedgerService,
    private readonly identity: IdentityService,
    private readonly links: CashierLinks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The channel took the order: the payer can pay now. */
  placed(attempt: PaymentAttempt, codeUrl: string): Promise<Payment> {
    return this.record(attempt, async (tx, payment, locked) => {
      if (locked.status !== 'created') return payment
      await this.attempts.move(tx, locked, 'pending', { code_url: codeUrl })
      const { channel, method } = locked
      return this.advance(tx, payment, 'placed', { channel, method, code_url: codeUrl })
    })
  }

  /** The channel may or may not have taken the order: nobody knows until it is asked. */
  inDoubt(attempt: PaymentAttempt): Promise<Payment> {
    return this.record(attempt, async (tx, payment, locked) => {
      if (locked.status !== 'created') return payment
      await this.attempts.move(tx, locked, 'processing')
      const { channel, method } = locked
      return this.advance(tx, payment, 'in_doubt', { channel, method })
    })
  }

  /** Surely no money moved and none will by this order. */
  refused(attempt: PaymentAttempt, code: string, message: string): Promise<Payment> {
    return this.record(attempt, async (tx, payment, locked) => {
      if (!OPEN_PAYMENT_STATUSES.includes(locked.status)) return payment
      await this.attempts.move(tx, locked, 'failed')
      const { channel, method } = locked
      const failure = { failure_code: code, failure_message: message }
      return this.advance(tx, payment, 'refused', { channel, method, ...failure })
    })
  }

  /** The order is closed at the channel. A payment in doubt fails: it was never the payer's to pay. */
  closed(attempt: PaymentAttempt): Promise<Payment> {
    return this.record(attempt, async (tx, payment, locked) => {
      if (!OPEN_PAYMENT_STATUSES.includes(locked.status)) return payment
      await this.attempts.move(tx, locked, 'closed')
      if (payment.status !== 'processing') {
        return this.advance(tx, payment, 'closed', { closed_at: this.clock.now() })
      }
      return this.advance(tx, payment, 'refused', {
        failure_code: 'order_closed',
        failure_message: 'The channel closed the order before it was paid.',
      })
    })
  }

  /** Closes a payment for which no order was ever placed, as the caller has made sure under its lock. */
  closeUnplaced(tx: Transaction, payment: Payment): Promise<Payment> {
    return this.advance(tx, payment, 'closed', { closed_at: this.clock.now() })
  }

  /** Money moved. Compared with our row before anything is believed; booked exactly once. */
  async paid(
    attempt: PaymentAttempt,
    account: ChannelAccount,
    paid: PaidState,
  ): Promise<RecordResult> {
    const disagreement = disagreementOf(attempt, account, paid)
    if (disagreement) {
      // A security event: somebody forged an answer, or the channel is broken. A person must look.
      this.logger.error({ attempt: attempt.id, disagreement }, 'channel and books disagree')
      return 'disagrees'
    }
    return this.record(attempt, async (tx, payment, locked) => {
      if (locked.status === 'succeeded') return this.known(locked, paid)
      await this.attempts.move(tx, locked, 'succeeded', {
        channel_transaction_no: paid.transaction_no,
      })
      if (OPEN_PAYMENT_STATUSES.includes(payment.status)) {
        await this.book(tx, payment, locked, paid)
        return 'recorded'
      }
      await this.lateSuccesses.book(tx, payment, locked, paid)
      return 'late'
    })
  }

  /** One order is paid once. A second transaction of it is nothing we could book by ourselves. */
  private known(attempt: PaymentAttempt, paid: PaidState): RecordResult {
    if (attempt.channel_transaction_no === paid.transaction_no) return 'known'
    const { id, channel_transaction_no } = attempt
    this.logger.error(
      { attempt: id, booked: channel_transaction_no, told: paid.transaction_no },
      'the channel tells of a second transaction of one order',
    )
    return 'disagrees'
  }

  private async book(
    tx: Transaction,
    payment: Payment,
    attempt: PaymentAttempt,
    paid: PaidState,
  ): Promise<Payment> {
    // We died before recording the channel's answer to the order: it was in doubt, and is no longer.
    const placed =
      payment.status === 'created' ? await this.advance(tx, payment, 'in_doubt', {}) : payment
    const items = await this.payments.items(tx, payment, payment.id)
    await this.ledger.post(tx, {
      institution_id: payment.institution_id,
      livemode: payment.livemode,
      kind: 'payment',
      source_id: payment.id,
      description: payment.subject,
      currency: payment.currency,
      posted_at: paid.paid_at,
      time_zone: await this.identity.timeZoneOf(payment.institution_id, tx),
      entries: [
        {
          account: channelClearing(attempt.channel_account_id),
          direction: 'debit',
          amount: payment.amount,
        },
        ...(items.length > 0 ? items : [payment]).map(({ department_id, amount }) => ({
          account: departmentPayable(department_id),
          direction: 'credit' as const,
          amount,
        })),
      ],
    })
    const { channel, method } = attempt
    return this.advance(tx, placed, 'confirmed', { channel, method, succeeded_at: paid.paid_at })
  }

  /** Locks payment and attempt, in this order everywhere, and runs one step in one transaction. */
  private record<Result>(
    attempt: PaymentAttempt,
    step: (tx: Transaction, payment: Payment, attempt: PaymentAttempt) => Promise<Result> | Result,
  ): Promise<Result> {
    return this.database.transaction(async (tx) => {
      const payment = await this.payments.lock(tx, attempt, attempt.payment_id)
      const locked = await this.attempts.lock(tx, attempt, attempt.id)
      assert(payment && locked, `the attempt ${attempt.id} and its payment exist`)
      return step(tx, payment, locked)
    })
  }

  /** Moves a locked payment along the table, with everything that belongs to the move. */
  private async advance(
    tx: Transaction,
    payment: Payment,
    trigger: PaymentTrigger,
    change: PaymentChange,
  ): Promise<Payment> {
    const status = nextPaymentStatus(payment.status, trigger)
    // Over already: what the channel says of an unpaid order changes nothing any more.
    if (!status) return payment
    const moved = await this.payments.move(tx, payment, status, change)
    assert(moved, 'a locked payment does not move under us')
    const apiVersion = await this.identity.apiVersionOf(moved.institution_id, moved.app_id, tx)
    const wire = toWirePayment(moved, this.links.urlOf(moved))
    await appendEvents(tx, [paymentEvent(eventOfStatus(status), moved, wire, apiVersion)])
    if (moved.checkout_id && !OPEN_PAYMENT_STATUSES.includes(status)) {
      await this.endOfCheckout(tx, moved, moved.checkout_id, apiVersion)
    }
    return moved
  }

  /** What was held for the payment of a checkout becomes paid, or is free again. */
  private async endOfCheckout(
    tx: Transaction,
    payment: Payment,
    checkoutId: string,
    apiVersion: string,
  ): Promise<void> {
    const tenant: Tenant = payment
    const items = await this.payments.items(tx, tenant, payment.id)
    if (payment.status !== 'succeeded') return this.bills.release(tx, tenant, items)
    await this.bills.settle(tx, tenant, items, apiVersion)
    await this.checkouts.end(tx, tenant, checkoutId, 'paid')
  }
}
