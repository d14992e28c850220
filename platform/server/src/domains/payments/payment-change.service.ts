import { Inject, Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import type { ChannelAccount, OrderPayer } from '../channels/channel.port.js'
import { PaymentLimitService } from './limits/payment-limit.service.js'
import { PaymentError } from './payment.errors.js'
import { PaymentRepository } from './payment.repository.js'
import type { Payment, PaymentAttempt } from './payment.types.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentAttemptService } from './payment-attempt.service.js'
import { refusalOfChange } from './payment-change.rules.js'
import type { ChannelChoice } from './payment-channels.service.js'
import { PaymentStartService } from './payment-start.service.js'

/** What a step of a change came to: it may go on, or the payment is paid this way already. */
type Step<Result> = { readonly next: Result } | { readonly same: Payment }

/**
 * Another way to pay a payment that waits for its payer. Between the old order and the new one the payment
 * waits for none, and that is durable before the old one is closed: whatever dies here leaves a payment
 * whose payer can choose again, and never one that both orders may pay unnoticed.
 */
@Injectable()
export class PaymentChangeService {
  constructor(
    private readonly database: Database,
    private readonly payments: PaymentRepository,
    private readonly attempts: PaymentAttemptRepository,
    private readonly attemptService: PaymentAttemptService,
    private readonly starter: PaymentStartService,
    private readonly limits: PaymentLimitService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Gives the old order up, closes it at its channel, and places a new one. Asked for the way that is under
   * way already, it changes nothing.
   * @throws PaymentError payment_already_paid, payment_not_changeable, payment_in_doubt,
   *   payment_change_under_way, channel_not_allowed, payment_method_unsupported; ChannelError;
   *   PaymentLimitError payment_limit_exceeded, after which the payment waits for another choice
   */
  async change(payment: Payment, choice: ChannelChoice, payer: OrderPayer): Promise<Payment> {
    const account = await this.starter.accountFor(payment, choice)
    const released = await this.release(payment, choice)
    if ('same' in released) return released.same
    await this.attemptService.closeBesidesCurrent(released.next)
    const taken = await this.take(released.next, choice, account)
    if ('same' in taken) return taken.same
    const { turned, attempt } = taken.next
    return this.attemptService.place(turned, attempt, account, payer)
  }

  /** From here on the payment waits for no order, and only money can come by the old one. */
  private release(payment: Payment, choice: ChannelChoice): Promise<Step<Payment>> {
    return this.database.transaction(async (tx) => {
      const locked = await this.payments.lock(tx, payment, payment.id)
      assert(locked, `the payment ${payment.id} exists`)
      this.requireChangeable(locked)
      const id = locked.current_attempt_id
      if (id === null) return { next: locked }
      const current = await this.attempts.lock(tx, locked, id)
      assert(current, `the current attempt of ${payment.id} exists`)
      if (isThisWay(locked, choice)) return { same: locked }
      // Its order is being placed by another call: closed before it arrives, it would still arrive.
      if (current.status === 'created') throw underWay()
      const { channel, method } = locked
      const order = { channel, method, current_attempt_id: null, next_action: null }
      return { next: await this.payments.turn(tx, locked, order) }
    })
  }

  /** The new order, if the old one was not paid meanwhile and nobody was faster. */
  private take(
    payment: Payment,
    choice: ChannelChoice,
    account: ChannelAccount,
  ): Promise<Step<{ readonly turned: Payment; readonly attempt: PaymentAttempt }>> {
    return this.database.transaction(async (tx) => {
      const locked = await this.payments.lock(tx, payment, payment.id)
      assert(locked, `the payment ${payment.id} exists`)
      this.requireChangeable(locked)
      if (locked.current_attempt_id !== null) {
        if (isThisWay(locked, choice)) return { same: locked }
        throw underWay()
      }
      const attempt = this.attemptService.draft(locked, account, choice.method)
      const { channel, method } = choice
      const order = { channel, method, current_attempt_id: attempt.id, next_action: null }
      await this.attemptService.intend(tx, attempt)
      const turned = await this.payments.turn(tx, locked, order)
      await this.limits.claimChannel(tx, turned)
      return { next: { turned, attempt } }
    })
  }

  private requireChangeable(payment: Payment): void {
    const refusal = refusalOfChange(payment, this.clock.now())
    if (refusal) throw refusal
  }
}

function isThisWay(payment: Payment, { channel, method }: ChannelChoice): boolean {
  return payment.channel === channel && payment.method === method
}

function underWay(): PaymentError {
  return new PaymentError(
    'payment_change_under_way',
    'Another change of this payment is under way. Ask for the payment in a moment, then decide.',
    { retryAfterSeconds: 2, outcome: 'failed' },
  )
}
