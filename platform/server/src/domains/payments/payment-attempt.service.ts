import { Inject, Injectable, Logger, Optional } from '@nestjs/common'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { addJob } from '../../infra/jobs/jobs.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { ChannelError } from '../channels/channel.errors.js'
import type {
  ChannelAccount,
  ChannelMethod,
  OrderPayer,
  OrderState,
  PlaceOrderResult,
} from '../channels/channel.port.js'
import { ChannelRegistry } from '../channels/channel.registry.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import { ChannelIncidentService } from '../channels/incidents/channel-incident.service.js'
import { CashierLinks } from './cashier-link.js'
import {
  isForgotten,
  isPastGrace,
  isUnwanted,
  orderRefOf,
  queryDelayMs,
  queryJobOf,
  type RecoveryTime,
} from './payment.rules.js'
import { OPEN_PAYMENT_STATUSES } from './payment.state.js'
import type { Payment, PaymentAttempt } from './payment.types.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { OPEN_ATTEMPT_STATUSES } from './payment-attempt.state.js'
import { type PaidState, PaymentRecordService } from './payment-record.service.js'

/** Orders placed with channels: placing, asking, closing. No call is made with a transaction open. */
@Injectable()
export class PaymentAttemptService {
  private readonly logger = new Logger('PaymentAttempt')

  constructor(
    private readonly database: Database,
    private readonly attempts: PaymentAttemptRepository,
    private readonly record: PaymentRecordService,
    private readonly registry: ChannelRegistry,
    private readonly accounts: ChannelAccountService,
    private readonly links: CashierLinks,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicOrigin' | 'recoveryGraceMs'>,
    @Inject(APP_CLOCK) private readonly clock: Clock,
    @Optional() private readonly incidents?: ChannelIncidentService,
  ) {}

  /** An order that is about to be placed, under a number of its own. */
  draft(payment: Payment, account: ChannelAccount, method: ChannelMethod): PaymentAttempt {
    const id = newId('att')
    return {
      institution_id: payment.institution_id,
      livemode: payment.livemode,
      id,
      payment_id: payment.id,
      channel: account.channel,
      method,
      channel_account_id: account.id,
      channel_order_no: id.slice('att_'.length).toUpperCase(),
      amount: payment.amount,
      currency: payment.currency,
      status: 'created',
      next_action: null,
      channel_transaction_no: null,
      query_count: 0,
      created_at: this.clock.now(),
    }
  }

  /** Step one, in the transaction of the payment: the attempt, and the job that will ask if we die. */
  async intend(tx: Transaction, attempt: PaymentAttempt): Promise<void> {
    await this.attempts.insert(tx, attempt)
    await this.scheduleQuery(tx, attempt)
  }

  /**
   * Steps two and three: the call, then its answer. Never throws: the intent is durable, so the caller
   * hears where the payment stands, and the query job brings on whatever went wrong here.
   */
  async place(
    payment: Payment,
    attempt: PaymentAttempt,
    account: ChannelAccount,
    payer: OrderPayer,
  ): Promise<Payment> {
    try {
      const answer = await this.order(payment, attempt, account, payer)
      const after = await this.recordPlacing(attempt, answer)
      // While we asked for it, the payment ended or turned to another order: nobody may pay this one.
      if (answer.kind === 'placed' && !isAwaiting(after, attempt)) await this.close(attempt)
      return after
    } catch (error) {
      this.logger.error({ err: error, attempt: attempt.id }, 'the query job will go on')
      return payment
    }
  }

  /** For those who know only the number at the channel: a counter. */
  findByOrderNo(tenant: Tenant, orderNo: string): Promise<PaymentAttempt | null> {
    return this.attempts.findByOrderNo(tenant, orderNo)
  }

  /** Asks the channel and records what it says. Returns what the channel said. */
  async ask(attempt: PaymentAttempt): Promise<OrderState> {
    const account = await this.accountOf(attempt)
    const state = await this.registry.of(account.channel).queryOrder(account, orderRefOf(attempt))
    await this.apply(attempt, account, state)
    return state
  }

  /**
   * Records a state, wherever it came from: an answer to a query, or a notification. False when it is
   * not believed.
   */
  async apply(
    attempt: PaymentAttempt,
    account: ChannelAccount,
    state: OrderState,
  ): Promise<boolean> {
    switch (state.kind) {
      case 'paid':
        return this.applyPaid(attempt, account, state)
      case 'failed':
        await this.record.refused(attempt, state.code, state.message)
        return true
      case 'closed':
        await this.record.closed(attempt)
        return true
      case 'not_found':
        await this.applyNotFound(attempt)
        return true
      case 'waiting':
      case 'unknown':
        return true
    }
  }

  private async applyPaid(
    attempt: PaymentAttempt,
    account: ChannelAccount,
    paid: PaidState,
  ): Promise<boolean> {
    if ((await this.record.paid(attempt, account, paid)) !== 'disagrees') return true
    const evidence = Buffer.from(toEvidence({ attempt: attempt.id, told: paid }))
    const reason = `not what the books say of order ${attempt.channel_order_no}`
    this.incidents?.keep({ account, kind: 'disagreement', reason, evidence })
    return false
  }

  /** Closes the order at the channel, or learns from it what became of the order instead. */
  async close(attempt: PaymentAttempt): Promise<OrderState> {
    const account = await this.accountOf(attempt)
    const answer = await this.registry.of(account.channel).closeOrder(account, orderRefOf(attempt))
    if (answer.kind !== 'closed') return this.ask(attempt)
    await this.record.closed(attempt)
    return answer
  }

  /**
   * Closes the orders that a payment turned away from. What cannot be closed now, because the channel is
   * silent or the order may still appear, is watched by the query job until it has surely ended.
   */
  async closeBesidesCurrent(payment: Payment): Promise<void> {
    const open = await this.attempts.openBesidesCurrent(payment, payment.id)
    const closing = open.map((attempt) =>
      this.close(attempt).catch((error: unknown) => {
        this.logger.error({ err: error, attempt: attempt.id }, 'the query job will close it')
      }),
    )
    await Promise.all(closing)
  }

  /**
   * Closes the order that a payment waits for. An order that may still appear, as a page does that nobody
   * has opened, keeps no payment open: it is watched, and money that it brings goes back.
   */
  async closeCurrent(attempt: PaymentAttempt): Promise<void> {
    const { kind } = await this.close(attempt)
    if (kind === 'not_found' && attempt.status === 'pending') await this.record.abandoned(attempt)
  }

  /**
   * One round of lost-order recovery (掉单): ask, and close what is out of time. The next round is queued
   * before this one asks: whatever dies or breaks in between, somebody asks again.
   */
  async recover(attempt: PaymentAttempt, payment: Payment): Promise<void> {
    if (!OPEN_ATTEMPT_STATUSES.includes(attempt.status)) return
    await this.database.transaction(async (tx) => {
      await this.attempts.countQuery(tx, attempt)
      await this.scheduleQuery(tx, { ...attempt, query_count: attempt.query_count + 1 })
    })
    try {
      await this.bringOn(attempt, payment)
    } catch (error) {
      this.logger.error({ err: error, attempt: attempt.id }, 'an order could not be asked about')
    }
  }

  private async bringOn(attempt: PaymentAttempt, payment: Payment): Promise<void> {
    const state = await this.ask(attempt)
    const time = this.recoveryTime()
    if (state.kind === 'unknown') {
      const { reason } = state
      this.logger.warn({ attempt: attempt.id, reason }, 'the channel gives no clear answer')
    }
    if (state.kind === 'not_found' && isForgotten(attempt, payment.expires_at, time)) {
      await this.record.closed(attempt)
    }
    if (state.kind !== 'waiting') return
    // Read again: the answer to our own call may have come while we asked.
    const current = await this.attempts.find(attempt, attempt.id)
    if (!current) return
    const isAwaited = await this.attempts.isAwaited(current)
    if (isUnwanted(current, isAwaited, payment.expires_at, time)) await this.close(current)
  }

  private async order(
    payment: Payment,
    attempt: PaymentAttempt,
    account: ChannelAccount,
    payer: OrderPayer,
  ): Promise<PlaceOrderResult> {
    try {
      return await this.registry.of(account.channel).placeOrder(account, {
        ...orderRefOf(attempt),
        description: payment.subject,
        expires_at: payment.expires_at,
        notify_url: `${this.config.publicOrigin}/notify/${account.channel}/${account.id}/payments`,
        return_url: this.links.returnUrlOf(payment),
        payer,
      })
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      // Settings that fit no schema: nothing was sent, and nothing will be until somebody corrects them.
      this.logger.error({ err: error, account: account.id }, 'the account is not usable')
      return { kind: 'refused', code: error.code, message: 'The channel account is not usable.' }
    }
  }

  private recordPlacing(attempt: PaymentAttempt, answer: PlaceOrderResult): Promise<Payment> {
    switch (answer.kind) {
      case 'placed':
        return this.record.placed(attempt, answer.next_action)
      case 'refused':
        return this.record.refused(attempt, answer.code, answer.message)
      case 'already_paid':
      case 'unknown':
        return this.record.inDoubt(attempt)
    }
  }

  /** The channel does not know the order: it never arrived, unless our call is still on its way. */
  private async applyNotFound(attempt: PaymentAttempt): Promise<void> {
    if (attempt.status === 'pending' || !isPastGrace(attempt, this.recoveryTime())) return
    await this.record.refused(attempt, 'order_not_placed', 'The order did not reach the channel.')
  }

  private recoveryTime(): RecoveryTime {
    return { now: this.clock.now(), graceMs: this.config.recoveryGraceMs }
  }

  private accountOf(attempt: PaymentAttempt): Promise<ChannelAccount> {
    const { institution_id, livemode, channel_account_id } = attempt
    return this.accounts.get(institution_id, livemode, channel_account_id)
  }

  private scheduleQuery(tx: Transaction, attempt: PaymentAttempt): Promise<void> {
    return addJob(tx, queryJobOf(attempt, queryDelayMs(attempt.query_count)))
  }
}

/** What was told, as JSON; money is bigint, which has no form there. */
function toEvidence(told: object): string {
  return JSON.stringify(told, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
}

/** Whether a payment, as it was just read, waits for this order. */
function isAwaiting(payment: Payment, attempt: PaymentAttempt): boolean {
  return payment.current_attempt_id === attempt.id && OPEN_PAYMENT_STATUSES.includes(payment.status)
}
