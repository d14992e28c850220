import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { BillService } from '../bills/bill.service.js'
import type { ChannelAccount, OrderPayer } from '../channels/channel.port.js'
import { IdentityService } from '../identity/identity.service.js'
import { CashierLinks } from './cashier-link.js'
import { CheckoutRepository } from './checkout.repository.js'
import type { Checkout } from './checkout.types.js'
import { PaymentLimitService } from './limits/payment-limit.service.js'
import { checkoutNotFound, PaymentError } from './payment.errors.js'
import { paymentEvent } from './payment.events.js'
import { PaymentRepository } from './payment.repository.js'
import { waitsForNoOrder } from './payment.rules.js'
import { toWirePayment } from './payment.schema.js'
import type { Payment } from './payment.types.js'
import { PaymentAttemptService } from './payment-attempt.service.js'
import {
  assertAllowed,
  type ChannelChoice,
  type ChannelWish,
  PaymentChannelsService,
} from './payment-channels.service.js'
import { collectedBy, paymentOfCheckout } from './payment-new.rules.js'
import { PaymentRecordService } from './payment-record.service.js'
import { splitsOf } from './payment-split.rules.js'
import { assertTopUpChannel } from './wallet/top-up.rules.js'

/** Writes the rows of a payment; false when its number is taken, and nothing is written then. */
type Insert = (tx: Transaction, payment: Payment) => Promise<boolean>

/** When the app places the order, it may not know the payer's browser. */
const UNKNOWN_PAYER: OrderPayer = { ip: null, channel_user_id: null }

/** Brings payments on their way: from rows to an order at a channel, by the app or by the payer. */
@Injectable()
export class PaymentStartService {
  constructor(
    private readonly database: Database,
    private readonly payments: PaymentRepository,
    private readonly attemptService: PaymentAttemptService,
    private readonly channels: PaymentChannelsService,
    private readonly record: PaymentRecordService,
    private readonly checkouts: CheckoutRepository,
    private readonly bills: BillService,
    private readonly identity: IdentityService,
    private readonly links: CashierLinks,
    private readonly limits: PaymentLimitService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The three steps: payment and attempt in one transaction, the call, the answer. Without a choice the
   * first alone. Null when `insert` found the number taken.
   */
  async start(
    payment: Payment,
    choice: ChannelChoice | null,
    insert: Insert,
    payer: OrderPayer = UNKNOWN_PAYER,
  ): Promise<Payment | null> {
    if (!choice) {
      return (await this.database.transaction((tx) => insert(tx, payment))) ? payment : null
    }
    assertTopUpChannel(payment, choice)
    const account = await this.channels.account(payment, choice, () => this.billIdsOf(payment))
    const attempt = this.attemptService.draft(payment, account, choice.method)
    const { channel, method } = choice
    const chosen = { ...payment, channel, method, current_attempt_id: attempt.id }
    const isInserted = await this.database.transaction(async (tx) => {
      if (!(await insert(tx, chosen))) return false
      await this.attemptService.intend(tx, attempt)
      return true
    })
    return isInserted ? this.attemptService.place(chosen, attempt, account, payer) : null
  }

  /** A wish for a channel as a whole choice. */
  choiceOf(wish: ChannelWish): ChannelChoice {
    return this.channels.choiceOf(wish)
  }

  /**
   * The payer chose a channel for a payment that was made without one. Two taps at once: the second finds
   * the choice of the first.
   * @throws PaymentError payment_not_payable, channel_not_allowed; ChannelError channel_account_missing
   */
  async startAtCashier(
    payment: Payment,
    choice: ChannelChoice,
    payer: OrderPayer = UNKNOWN_PAYER,
  ): Promise<Payment> {
    if (payment.expires_at <= this.clock.now()) {
      throw new PaymentError('payment_not_payable', 'The time to pay this is over.')
    }
    const account = await this.accountFor(payment, choice)
    const attempt = this.attemptService.draft(payment, account, choice.method)
    const chosen = await this.database.transaction(async (tx) => {
      const row = await this.payments.choose(tx, payment, attempt)
      if (!row) return null
      await this.attemptService.intend(tx, attempt)
      await this.limits.claimChannel(tx, row)
      return row
    })
    if (chosen) return this.attemptService.place(chosen, attempt, account, payer)
    return (await this.payments.findAny(payment, payment.id)) ?? payment
  }

  /**
   * Collects a checkout for the app. Bills are held in the transaction that makes the payment.
   * @throws PaymentError checkout_not_found, checkout_not_payable, channel_not_allowed; BillError
   */
  async collectCheckout(
    caller: Caller,
    payment: Payment,
    checkoutId: string,
    choice: ChannelChoice | null,
    payer: OrderPayer = UNKNOWN_PAYER,
  ): Promise<Payment | null> {
    const checkout = await this.checkouts.find(caller, caller.app_id, checkoutId)
    if (!checkout) throw checkoutNotFound(checkoutId)
    return this.start(
      { ...payment, ...collectedBy(payment, checkout) },
      choice,
      async (tx, row) => {
        if (await this.lockForPayment(tx, checkout)) {
          throw new PaymentError(
            'checkout_not_payable',
            'A payment of this checkout is under way. Close it first, or wait until it ends.',
          )
        }
        return this.insertForCheckout(tx, row, checkout)
      },
      payer,
    )
  }

  /**
   * The payer chose a channel for a checkout. One payment at a time: a second tap joins the first.
   * @throws PaymentError checkout_not_payable, channel_not_allowed; BillError; ChannelError
   */
  async collectAtCashier(
    checkout: Checkout,
    choice: ChannelChoice,
    payer: OrderPayer = UNKNOWN_PAYER,
  ): Promise<Payment> {
    const open = await this.payments.findOpenOfCheckout(checkout, checkout.id)
    if (open && !(await this.closeIfOver(open))) return this.join(open, choice, payer)
    const payment = paymentOfCheckout(checkout, this.clock.now())
    const insert = async (tx: Transaction, row: Payment) => {
      if (await this.lockForPayment(tx, checkout)) return false
      const isInserted = await this.insertForCheckout(tx, row, checkout)
      assert(isInserted, 'the number of a payment made at the cashier is new')
      return true
    }
    const started = await this.start(payment, choice, insert, payer)
    if (started) return started
    const faster = await this.payments.latestOfCheckout(checkout, checkout.id)
    assert(faster, 'another payment of the checkout was there a moment ago')
    return this.join(faster, choice, payer)
  }

  /** Ends a payment that waits for no order: none was ever placed, or the last one was given up. */
  async closeUnplaced(payment: Payment): Promise<void> {
    await this.database.transaction(async (tx) => {
      const locked = await this.payments.lock(tx, payment, payment.id)
      if (locked && waitsForNoOrder(locked)) await this.record.closeUnplaced(tx, locked)
    })
  }

  private async billIdsOf(payment: Payment): Promise<string[]> {
    if (payment.checkout_id === null) return []
    const bills = await this.checkouts.itemsOf(payment, [payment.checkout_id])
    return bills.map(({ bill_id }) => bill_id)
  }

  /**
   * The account that takes an order for this payment by this channel.
   * @throws PaymentError channel_not_allowed, payment_method_unsupported; ChannelError channel_account_missing
   */
  async accountFor(payment: Payment, choice: ChannelChoice): Promise<ChannelAccount> {
    const billIds = await this.billIdsOf(payment)
    await this.channels.requireAllowed(payment, billIds, choice.channel)
    assertTopUpChannel(payment, choice)
    return this.channels.account(payment, choice, async () => billIds)
  }

  private async join(payment: Payment, choice: ChannelChoice, payer: OrderPayer): Promise<Payment> {
    const canChoose = payment.status === 'created' && payment.channel === null
    return canChoose ? this.startAtCashier(payment, choice, payer) : payment
  }

  /** A payment that nobody began to pay in its time stands in nobody's way. */
  private async closeIfOver(payment: Payment): Promise<boolean> {
    if (!waitsForNoOrder(payment) || payment.expires_at > this.clock.now()) return false
    await this.closeUnplaced(payment)
    return true
  }

  /**
   * Holds the checkout until the transaction ends. Gives the payment of it that is under way, if any.
   * @throws PaymentError checkout_not_payable
   */
  private async lockForPayment(
    tx: Transaction,
    { id, ...tenant }: Checkout,
  ): Promise<Payment | null> {
    const checkout = await this.checkouts.lock(tx, tenant, id)
    if (checkout?.status === 'open' && checkout.expires_at > this.clock.now()) {
      return this.payments.findOpenOfCheckout(tenant, id, tx)
    }
    throw new PaymentError(
      'checkout_not_payable',
      'The checkout is over: it is paid, expired or cancelled.',
    )
  }

  /** Payment, its parts and the bills that are held for it. False when the number is taken. */
  private async insertForCheckout(
    tx: Transaction,
    payment: Payment,
    checkout: Checkout,
  ): Promise<boolean> {
    if (!(await this.payments.insert(tx, payment))) return false
    const items = await this.checkouts.items(tx, checkout, checkout.id)
    const reserved = await this.bills.reserve(tx, payment, items)
    if (payment.channel) assertAllowed(reserved, payment.channel)
    await this.limits.claim(tx, payment, reserved)
    const splitOf = new Map(reserved.map((bill) => [bill.bill_id, bill.revenue_split]))
    const { institution_id, livemode, id: payment_id } = payment
    await this.payments.insertItems(
      tx,
      items.map((item, position) => ({
        institution_id,
        livemode,
        payment_id,
        position,
        ...item,
        amount_refunded: 0n,
        splits: splitsOf(item.amount, splitOf.get(item.bill_id) ?? []),
      })),
    )
    const apiVersion = await this.identity.apiVersionOf(institution_id, payment.app_id, tx)
    const wire = toWirePayment(payment, this.links.urlOf(payment))
    await appendEvents(tx, [paymentEvent('payment.created', payment, wire, apiVersion)])
    return true
  }
}
