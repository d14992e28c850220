import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { addJob } from '../../infra/jobs/jobs.js'
import { reportSecurityEvent } from '../../infra/logging/security-log.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { BillService } from '../bills/bill.service.js'
import type { ChannelAccount, NextAction, OrderState } from '../channels/channel.port.js'
import { IdentityService } from '../identity/identity.service.js'
import { LedgerService } from '../ledger/ledger.service.js'
import { WalletTopUpService } from '../wallets/wallet-top-up.service.js'
import { CashierLinks } from './cashier-link.js'
import { CheckoutEndService } from './checkout-end.service.js'
import { LateSuccessService } from './late-success.service.js'
import { PaymentLimitService } from './limits/payment-limit.service.js'
import { eventOfStatus, type PaymentEventType, paymentEvent } from './payment.events.js'
import { type PaymentChange, PaymentRepository } from './payment.repository.js'
import { disagreementOf, isCurrent, queryJobOf } from './payment.rules.js'
import { toWirePayment } from './payment.schema.js'
import { nextPaymentStatus, OPEN_PAYMENT_STATUSES, type PaymentTrigger } from './payment.state.js'
import type { Payment, PaymentAttempt } from './payment.types.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { type AttemptTrigger, nextAttemptStatus } from './payment-attempt.state.js'
import { paymentPosting } from './payment-posting.rules.js'
import { PaymentSuccessWriter } from './payment-success.writer.js'

const WALLET_CLOSED = {
  failure_code: 'wallet_closed',
  failure_message: 'The wallet was closed before the money arrived. It goes back to the payer.',
}

export type PaidState = Extract<OrderState, { kind: 'paid' }>

/** What became of an answer: booked, known already, money too late, or not believed. */
export type RecordResult = 'recorded' | 'known' | 'late' | 'disagrees'

/**
 * Step three of every channel call: one transaction that records what the channel said. Answers,
 * notifications and queries all end here, in any order and any number of times, and the first one books.
 */
@Injectable()
export class PaymentRecordService {
  constructor(
    private readonly database: Database,
    private readonly payments: PaymentRepository,
    private readonly attempts: PaymentAttemptRepository,
    private readonly checkouts: CheckoutEndService,
    private readonly lateSuccesses: LateSuccessService,
    private readonly bills: BillService,
    private readonly ledger: LedgerService,
    private readonly successes: PaymentSuccessWriter,
    private readonly identity: IdentityService,
    private readonly links: CashierLinks,
    private readonly limits: PaymentLimitService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
    private readonly topUps: WalletTopUpService,
  ) {}

  /** The channel took the order: the payer can pay now. */
  placed(attempt: PaymentAttempt, nextAction: NextAction): Promise<Payment> {
    return this.move(
      attempt,
      'placed',
      { next_action: nextAction },
      async (tx, payment, locked) => {
        const { channel, method, id } = locked
        const order = { channel, method, next_action: nextAction, current_attempt_id: id }
        if (payment.status === 'created') return this.advance(tx, payment, 'placed', order)
        if (payment.status !== 'pending') return payment
        // Another way to pay the same payment: it does not move, but what its payer has to do is new.
        const turned = await this.payments.turn(tx, payment, order)
        await this.tell(tx, 'payment.channel_changed', turned)
        return turned
      },
    )
  }

  /** The channel may or may not have taken the order: nobody knows until it is asked. */
  inDoubt(attempt: PaymentAttempt): Promise<Payment> {
    return this.move(attempt, 'in_doubt', {}, (tx, payment, { channel, method }) =>
      this.advance(tx, payment, 'in_doubt', { channel, method }),
    )
  }

  /** Surely no money moved and none will by this order. */
  refused(attempt: PaymentAttempt, code: string, message: string): Promise<Payment> {
    return this.move(attempt, 'refused', {}, (tx, payment, { channel, method }) => {
      const failure = { failure_code: code, failure_message: message }
      return this.advance(tx, payment, 'refused', { channel, method, ...failure })
    })
  }

  /** The order is closed at the channel. A payment in doubt fails: it was never the payer's to pay. */
  closed(attempt: PaymentAttempt): Promise<Payment> {
    return this.move(attempt, 'closed', {}, (tx, payment) => {
      if (payment.status !== 'processing') {
        return this.advance(tx, payment, 'closed', { closed_at: this.clock.now() })
      }
      return this.advance(tx, payment, 'refused', {
        failure_code: 'order_closed',
        failure_message: 'The channel closed the order before it was paid.',
      })
    })
  }

  /**
   * The payment ends, although its order may still appear at the channel, as a page does that nobody has
   * opened. The order is watched until it has surely ended; money that it brings is a late success.
   */
  abandoned(attempt: PaymentAttempt): Promise<Payment> {
    return this.record(attempt, (tx, payment, locked) => {
      if (payment.current_attempt_id !== locked.id || payment.status !== 'pending') return payment
      return this.advance(tx, payment, 'closed', { closed_at: this.clock.now() })
    })
  }

  /** Closes a payment that waits for no order, as the caller has made sure under its lock. */
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
      const { id, channel } = attempt
      reportSecurityEvent('channel_disagrees', { channel, attempt: id, reason: disagreement })
      return 'disagrees'
    }
    const { transaction_no, paid_at } = paid
    if (await this.successes.record({ attempt, transaction_no, paid_at })) return 'recorded'
    return this.record(attempt, async (tx, payment, locked) => {
      const status = nextAttemptStatus(locked.status, 'confirmed')
      if (!status) return this.known(locked, paid)
      await this.attempts.move(tx, locked, status, { channel_transaction_no: paid.transaction_no })
      const isOpen = OPEN_PAYMENT_STATUSES.includes(payment.status)
      if (isOpen && (await this.creditWallet(tx, payment))) {
        await this.book(tx, payment, locked, paid)
        await this.giveUpCurrent(tx, payment, locked)
        return 'recorded'
      }
      const over = isOpen ? await this.advance(tx, payment, 'refused', WALLET_CLOSED) : payment
      await this.lateSuccesses.book(tx, over, locked, paid)
      if (isOpen) await this.giveUpCurrent(tx, payment, locked)
      return 'late'
    })
  }

  /** What a top-up is for. False when the wallet was closed meanwhile: the money goes back then. */
  private async creditWallet(tx: Transaction, payment: Payment): Promise<boolean> {
    const { institution_id, livemode, id, wallet_id, amount, subject } = payment
    if (wallet_id === null) return true
    const money = { institution_id, livemode, wallet_id, source_id: id, amount }
    return this.topUps.credit(tx, { ...money, description: subject })
  }

  /** One order is paid once. A second transaction of it is nothing we could book by ourselves. */
  private known(attempt: PaymentAttempt, paid: PaidState): RecordResult {
    if (attempt.channel_transaction_no === paid.transaction_no) return 'known'
    const { id, channel } = attempt
    const reason = 'transaction_no'
    reportSecurityEvent('channel_second_transaction', { channel, attempt: id, reason })
    return 'disagrees'
  }

  /** The payer paid by an order we had turned away from: nobody may pay the one that came after it. */
  private async giveUpCurrent(
    tx: Transaction,
    payment: Payment,
    paidBy: PaymentAttempt,
  ): Promise<void> {
    const current = payment.current_attempt_id
    if (current === null || current === paidBy.id) return
    // Its payment is over: the job closes it at the channel.
    await addJob(tx, queryJobOf({ ...paidBy, id: current }, 0))
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
    const time_zone = await this.identity.timeZoneOf(payment.institution_id, tx)
    const booked = { posted_at: paid.paid_at, time_zone }
    await this.ledger.post(tx, paymentPosting(payment, attempt, items, booked))
    const { channel, method, id } = attempt
    return this.advance(tx, placed, 'confirmed', {
      channel,
      method,
      current_attempt_id: id,
      succeeded_at: paid.paid_at,
    })
  }

  /**
   * Moves an attempt along its table. Its payment hears of it only while the attempt is its current one:
   * what becomes of an order that was given up changes nothing, unless it brings money.
   */
  private move(
    attempt: PaymentAttempt,
    trigger: AttemptTrigger,
    change: { readonly next_action?: NextAction },
    step: (tx: Transaction, payment: Payment, attempt: PaymentAttempt) => Promise<Payment>,
  ): Promise<Payment> {
    return this.record(attempt, async (tx, payment, locked) => {
      const status = nextAttemptStatus(locked.status, trigger)
      if (!status) return payment
      await this.attempts.move(tx, locked, status, change)
      return isCurrent(payment, locked) ? step(tx, payment, locked) : payment
    })
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
    const apiVersion = await this.tell(tx, eventOfStatus(status), moved)
    if (moved.checkout_id && !OPEN_PAYMENT_STATUSES.includes(status)) {
      await this.endOfCheckout(tx, moved, moved.checkout_id, apiVersion)
    }
    // Last, as when they were counted: bills are locked before the counters of limits.
    if (status === 'failed' || status === 'closed') await this.limits.release(tx, moved)
    return moved
  }

  /** Says what happened in the version of the payment's app, and which that is. */
  private async tell(tx: Transaction, type: PaymentEventType, payment: Payment): Promise<string> {
    const apiVersion = await this.identity.apiVersionOf(payment.institution_id, payment.app_id, tx)
    const wire = toWirePayment(payment, this.links.urlOf(payment))
    await appendEvents(tx, [paymentEvent(type, payment, wire, apiVersion)])
    return apiVersion
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
