import { Inject, Injectable } from '@nestjs/common'
import { sqlState, type Transaction } from '../../infra/database/database.js'
import {
  answerVersionOf,
  type Caller,
  idFor,
  shownTo,
  type Tenant,
} from '../../infra/http/caller.js'
import { Reply, type StoredResponse } from '../../infra/http/reply.js'
import { tableFilterOf } from '../../infra/http/table-filter.js'
import { listFilterOf, toWireList, type WireList } from '../../infra/http/wire.schema.js'
import { IdempotencyService } from '../../infra/idempotency/idempotency.service.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { causedBy } from '../../infra/outbox/event-cause.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { isId } from '../../kernel/id.js'
import { VERSION_HISTORY } from '../../versions/versions.js'
import { CashierLinks } from './cashier-link.js'
import { PaymentLimitService } from './limits/payment-limit.service.js'
import { PaymentError, paymentNotFound } from './payment.errors.js'
import { paymentEvent } from './payment.events.js'
import { PaymentRepository } from './payment.repository.js'
import { asksForSame, orderPayerOf } from './payment.rules.js'
import {
  type ChangePaymentChannel,
  type CreatePayment,
  type PaymentListQuery,
  toWirePayment,
  type Payment as WirePayment,
} from './payment.schema.js'
import { OPEN_PAYMENT_STATUSES } from './payment.state.js'
import type { Payment, PaymentAttempt } from './payment.types.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentAttemptService } from './payment-attempt.service.js'
import { PaymentChangeService } from './payment-change.service.js'
import { PaymentCreateWriter } from './payment-create.writer.js'
import { newPayment, refusalOfNewPayment } from './payment-new.rules.js'
import { PaymentStartService } from './payment-start.service.js'

const UNIQUE_VIOLATION = '23505'

/** Collecting money: creating payments, reading them, and ending those that are not paid. */
@Injectable()
export class PaymentService {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly attempts: PaymentAttemptRepository,
    private readonly attemptService: PaymentAttemptService,
    private readonly starter: PaymentStartService,
    private readonly changes: PaymentChangeService,
    private readonly writer: PaymentCreateWriter,
    private readonly idempotency: IdempotencyService,
    private readonly links: CashierLinks,
    private readonly limits: PaymentLimitService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Creates a payment once per idempotency key and once per out_trade_no. Once its rows are durable the
   * call succeeds, and says where the payment stands.
   * @throws PaymentError payment_conflict, payment_amount_missing, payment_source_ambiguous,
   *   payment_expiry_invalid, checkout_not_payable; ChannelError channel_account_missing
   */
  async create(caller: Caller, body: CreatePayment): Promise<StoredResponse> {
    const now = this.clock.now()
    const isBare = body.channel === undefined && body.checkout === undefined
    // A refusal goes the long way: what a known key or number was answered comes first, however late.
    if (isBare && !refusalOfNewPayment(body, now)) {
      const payment = newPayment(caller, body, now)
      // A limit is counted in a transaction of its own payment; the short way has none.
      const created = (await this.limits.concerns(payment))
        ? null
        : await this.createBare(caller, payment)
      if (created) return created
    }
    return this.idempotency.run(caller, () =>
      causedBy(caller, () => this.createOrRecall(caller, body)),
    )
  }

  /** @throws PaymentError payment_not_found */
  async get(caller: Caller, id: string): Promise<WirePayment> {
    if (caller.payer_id === null) return this.toWire(await this.require(caller, id))
    const ids = await this.payments.idsOfPayer(caller, caller.payer_id)
    const payment = ids.includes(id) ? await this.payments.findAny(caller, id) : null
    if (!payment) throw paymentNotFound(id)
    return this.shown(caller, payment)
  }

  async list(caller: Caller, query: PaymentListQuery): Promise<WireList<WirePayment>> {
    const { app_id, payer_id } = caller
    const of =
      payer_id === null ? { app_id } : { ids: await this.payments.idsOfPayer(caller, payer_id) }
    const page = await this.payments.list(caller, of, {
      ...listFilterOf(query),
      status: query.status,
      out_trade_no: query.out_trade_no,
      checkout_id: query.checkout,
      channel: query.channel,
      ...tableFilterOf(query),
      among:
        query.payer === undefined
          ? null
          : await this.payments.idsForPayer(caller, app_id, query.payer),
    })
    return toWireList(page, (payment) => this.shown(caller, payment))
  }

  /**
   * Ends a payment that is not paid; closing a closed one gives it back as it is.
   * @throws PaymentError payment_not_found, payment_not_closable, payment_in_doubt,
   *   payment_channel_silent
   */
  async close(caller: Caller, id: string): Promise<WirePayment> {
    await this.closeOpen(await this.require(caller, id))
    const ended = await this.require(caller, id)
    if (ended.status === 'closed') return this.toWire(ended)
    if (OPEN_PAYMENT_STATUSES.includes(ended.status)) {
      throw new PaymentError(
        'payment_channel_silent',
        'The channel does not say whether the order is closed. Nothing is lost: try again.',
        { retryAfterSeconds: 5, outcome: 'unknown' },
      )
    }
    throw new PaymentError(
      'payment_not_closable',
      `The payment is ${ended.status}; only one that is not paid can be closed.`,
      { outcome: 'failed' },
    )
  }

  /**
   * Gives up the order under way for one by another channel or method.
   * @throws PaymentError payment_not_found, payment_already_paid, payment_not_changeable,
   *   payment_in_doubt, payment_change_under_way, channel_not_allowed; ChannelError
   */
  async changeChannel(
    caller: Caller,
    id: string,
    body: ChangePaymentChannel,
  ): Promise<WirePayment> {
    const payment = await this.require(caller, id)
    const choice = this.starter.choiceOf(body)
    return this.toWire(await this.changes.change(payment, choice, orderPayerOf(body)))
  }

  private async closeOpen(payment: Payment): Promise<void> {
    if (payment.status === 'processing') {
      throw new PaymentError(
        'payment_in_doubt',
        'The channel has not said yet whether it took the order. Ask again in a moment.',
        { retryAfterSeconds: 5, outcome: 'unknown' },
      )
    }
    if (!OPEN_PAYMENT_STATUSES.includes(payment.status)) return
    // What a change of channel left open is closed as well, as far as its channel answers.
    if (payment.channel !== null) await this.attemptService.closeBesidesCurrent(payment)
    const current = payment.current_attempt_id
    const attempt = current === null ? null : await this.attempts.find(payment, current)
    await (attempt
      ? this.attemptService.closeCurrent(attempt)
      : this.starter.closeUnplaced(payment))
  }

  private async require(caller: Caller, id: string): Promise<Payment> {
    const payment = await this.findOwn(caller, id)
    if (payment) return payment
    throw paymentNotFound(id)
  }

  /** The address of another app to which its payer returns may carry that app's secrets. */
  private shown(caller: Caller, payment: Payment): WirePayment {
    const wire = shownTo(caller, this.toWire(payment))
    return caller.payer_id === null ? wire : { ...wire, return_url: null }
  }

  /** The hot path. Null: key or number are known, so the long way must find out what they mean. */
  private async createBare(caller: Caller, payment: Payment): Promise<StoredResponse | null> {
    const request = caller.idempotency
    assert(request, 'creating a payment is idempotent')
    const wire = this.toWire(payment)
    const version = answerVersionOf(caller)
    const told = VERSION_HISTORY.asOf(caller.api_version, wire)
    const event_body = JSON.stringify(told)
    // Hardly ever another one: only when the header asks for another version than the app's.
    const body =
      version === caller.api_version
        ? event_body
        : JSON.stringify(VERSION_HISTORY.asOf(version, wire))
    try {
      const isCreated = await this.writer.create({ caller, request, payment, body, event_body })
      return isCreated ? { status: 201, body, is_replay: false } : null
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) return null
      throw error
    }
  }

  /** The long way: a known number, a channel to call, or a checkout to collect. */
  private async createOrRecall(caller: Caller, body: CreatePayment): Promise<Reply<WirePayment>> {
    const known = await this.recall(caller, body)
    if (known) return known
    try {
      const started = await this.start(caller, newPayment(caller, body, this.clock.now()), body)
      if (started) return Reply.created(this.toWire(started))
    } catch (error) {
      // A twin of this call may have taken the number, and with it the checkout.
      const twin = await this.recall(caller, body)
      if (twin) return twin
      throw error
    }
    const winner = await this.recall(caller, body)
    assert(winner, 'an insert is refused only when the number is there')
    return winner
  }

  /** What this number was used for; null when it was not. A call that died gets what it had created. */
  private async recall(caller: Caller, body: CreatePayment): Promise<Reply<WirePayment> | null> {
    const { app_id } = caller
    const payment = await this.payments.findByOutTradeNo(caller, app_id, body.out_trade_no)
    if (!payment) return null
    if (payment.id === idFor(caller, 'pay')) return Reply.created(this.toWire(payment))
    if (asksForSame(payment, body)) return Reply.existing(this.toWire(payment))
    throw new PaymentError(
      'payment_conflict',
      `out_trade_no ${body.out_trade_no} is taken by ${payment.id} with other parameters. Use a number of its own for each payment.`,
      { outcome: 'failed' },
    )
  }

  /** Null when the number is taken. */
  private start(caller: Caller, payment: Payment, body: CreatePayment): Promise<Payment | null> {
    const { checkout, channel, method } = body
    const choice = channel ? this.starter.choiceOf({ channel, method }) : null
    const payer = orderPayerOf(body)
    if (checkout) return this.starter.collectCheckout(caller, payment, checkout, choice, payer)
    const insert = async (tx: Transaction, chosen: Payment) => {
      if (!(await this.payments.insert(tx, chosen))) return false
      await this.limits.claim(tx, chosen, [])
      await appendEvents(tx, [
        paymentEvent('payment.created', chosen, this.toWire(chosen), caller.api_version),
      ])
      return true
    }
    return this.starter.start(payment, choice, insert, payer)
  }

  /** Null when there is no such payment, or it is another app’s. */
  async findOwn(caller: Caller, id: string): Promise<Payment | null> {
    return isId(id, 'pay') ? this.payments.find(caller, caller.app_id, id) : null
  }

  /** For the cashier and for background work, which know the tenant but no app. */
  findAny(tenant: Tenant, id: string): Promise<Payment | null> {
    return this.payments.findAny(tenant, id)
  }

  latestOfCheckout(tenant: Tenant, checkoutId: string): Promise<Payment | null> {
    return this.payments.latestOfCheckout(tenant, checkoutId)
  }

  /** The payment that a channel's order was placed for. */
  async findByOrderNo(tenant: Tenant, orderNo: string): Promise<Payment | null> {
    const attempt = await this.attempts.findByOrderNo(tenant, orderNo)
    return attempt ? this.payments.findAny(tenant, attempt.payment_id) : null
  }

  /** The order placed last, if any. */
  latestAttempt(payment: Payment): Promise<PaymentAttempt | null> {
    return this.attempts.latest(payment, payment.id)
  }

  toWire(payment: Payment): WirePayment {
    return toWirePayment(payment, this.links.urlOf(payment))
  }
}
