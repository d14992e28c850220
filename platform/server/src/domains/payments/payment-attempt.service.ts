import { Inject, Injectable, Logger } from '@nestjs/common'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { Database, type Transaction } from '../../infra/database/database.js'
import { addJob } from '../../infra/jobs/jobs.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { money } from '../../kernel/money.js'
import { ChannelError } from '../channels/channel.errors.js'
import type {
  ChannelAccount,
  ChannelMethod,
  OrderState,
  PlaceOrderResult,
} from '../channels/channel.port.js'
import { ChannelRegistry } from '../channels/channel.registry.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import {
  isForgotten,
  isPastGrace,
  isUnwanted,
  queryDelayMs,
  type RecoveryTime,
} from './payment.rules.js'
import { OPEN_PAYMENT_STATUSES } from './payment.state.js'
import type { Payment, PaymentAttempt } from './payment.types.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentRecordService } from './payment-record.service.js'

export const QUERY_JOB = 'payment-query'

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
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicOrigin' | 'recoveryGraceMs'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Step one, in the transaction of the payment: the attempt, and the job that will ask if we die. */
  async intend(
    tx: Transaction,
    payment: Payment,
    account: ChannelAccount,
    method: ChannelMethod,
  ): Promise<PaymentAttempt> {
    const id = newId('att')
    const attempt: PaymentAttempt = {
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
      code_url: null,
      channel_transaction_no: null,
      query_count: 0,
      created_at: this.clock.now(),
    }
    await this.attempts.insert(tx, attempt)
    await this.scheduleQuery(tx, attempt)
    return attempt
  }

  /**
   * Steps two and three: the call, then its answer. Never throws: the intent is durable, so the caller
   * hears where the payment stands, and the query job brings on whatever went wrong here.
   */
  async place(
    payment: Payment,
    attempt: PaymentAttempt,
    account: ChannelAccount,
  ): Promise<Payment> {
    try {
      return await this.recordPlacing(attempt, await this.order(payment, attempt, account))
    } catch (error) {
      this.logger.error({ err: error, attempt: attempt.id }, 'the query job will go on')
      return payment
    }
  }

  /** Asks the channel and records what it says. Returns what the channel said. */
  async ask(attempt: PaymentAttempt): Promise<OrderState> {
    const account = await this.accountOf(attempt)
    const state = await this.registry
      .of(account.channel)
      .queryOrder(account, attempt.channel_order_no)
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
        return (await this.record.paid(attempt, account, state)) !== 'disagrees'
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

  /** Closes the order at the channel, or learns from it what became of the order instead. */
  async close(attempt: PaymentAttempt): Promise<void> {
    const account = await this.accountOf(attempt)
    const answer = await this.registry
      .of(account.channel)
      .closeOrder(account, attempt.channel_order_no)
    if (answer.kind === 'closed') await this.record.closed(attempt)
    else await this.ask(attempt)
  }

  /**
   * One round of lost-order recovery (掉单): ask, and close what is out of time. The next round is queued
   * before this one asks: whatever dies or breaks in between, somebody asks again.
   */
  async recover(attempt: PaymentAttempt, payment: Payment): Promise<void> {
    if (!OPEN_PAYMENT_STATUSES.includes(attempt.status)) return
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
    if (current && isUnwanted(current, payment.expires_at, time)) await this.close(current)
  }

  private async order(
    payment: Payment,
    attempt: PaymentAttempt,
    account: ChannelAccount,
  ): Promise<PlaceOrderResult> {
    try {
      return await this.registry.of(account.channel).placeOrder(account, {
        order_no: attempt.channel_order_no,
        amount: money(attempt.amount, attempt.currency),
        description: payment.subject,
        method: attempt.method,
        expires_at: payment.expires_at,
        notify_url: `${this.config.publicOrigin}/notify/${account.channel}/${account.id}/payments`,
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
        return this.record.placed(attempt, answer.code_url)
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
    return addJob(tx, {
      name: QUERY_JOB,
      payload: {
        institution_id: attempt.institution_id,
        livemode: attempt.livemode,
        attempt_id: attempt.id,
      },
      runAt: new Date(Date.now() + queryDelayMs(attempt.query_count)),
      key: `${QUERY_JOB}:${attempt.id}`,
    })
  }
}
