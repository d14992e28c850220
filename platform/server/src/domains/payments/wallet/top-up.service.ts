import { Inject, Injectable } from '@nestjs/common'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { Reply } from '../../../infra/http/reply.js'
import { appendEvents } from '../../../infra/outbox/event.js'
import { APP_CLOCK } from '../../../infra/tokens.js'
import { assert } from '../../../kernel/assert.js'
import type { Clock } from '../../../kernel/clock.js'
import { WalletTopUpService } from '../../wallets/wallet-top-up.service.js'
import { CashierLinks } from '../cashier-link.js'
import { PaymentError } from '../payment.errors.js'
import { paymentEvent } from '../payment.events.js'
import { PaymentRepository } from '../payment.repository.js'
import { toWirePayment, type Payment as WirePayment } from '../payment.schema.js'
import type { Payment } from '../payment.types.js'
import type { ChannelChoice } from '../payment-channels.service.js'
import { newPayment } from '../payment-new.rules.js'
import { PaymentStartService } from '../payment-start.service.js'
import { asksForSameTopUp, TOP_UP_SUBJECT } from './top-up.rules.js'
import type { CreateTopUp } from './top-up.schema.js'

/** Putting money into a wallet: a payment like any other, whose success credits the wallet. */
@Injectable()
export class TopUpService {
  constructor(
    private readonly wallets: WalletTopUpService,
    private readonly payments: PaymentRepository,
    private readonly starter: PaymentStartService,
    private readonly links: CashierLinks,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws WalletError wallet_not_found, wallet_frozen, wallet_closed; PaymentError payment_conflict,
   *   payment_expiry_invalid, channel_not_allowed; ChannelError channel_account_missing
   */
  async create(caller: Caller, walletId: string, body: CreateTopUp): Promise<Reply<WirePayment>> {
    const known = await this.recall(caller, walletId, body)
    if (known) return known
    const wallet = await this.wallets.requireOpen(caller, walletId)
    const { currency } = wallet
    const asked = { ...body, currency, subject: body.subject ?? TOP_UP_SUBJECT }
    const payment = { ...newPayment(caller, asked, this.clock.now()), wallet_id: wallet.id }
    const started = await this.start(payment, this.choiceOf(body), caller.api_version)
    if (started) return Reply.created(this.toWire(started))
    const winner = await this.recall(caller, walletId, body)
    assert(winner, 'an insert is refused only when the number is there')
    return winner
  }

  /** Null when the number is taken. */
  private start(
    payment: Payment,
    choice: ChannelChoice | null,
    apiVersion: string,
  ): Promise<Payment | null> {
    return this.starter.start(payment, choice, async (tx, chosen) => {
      if (!(await this.payments.insert(tx, chosen))) return false
      const event = paymentEvent('payment.created', chosen, this.toWire(chosen), apiVersion)
      await appendEvents(tx, [event])
      return true
    })
  }

  private choiceOf({ channel, method }: CreateTopUp): ChannelChoice | null {
    return channel ? this.starter.choiceOf({ channel, method }) : null
  }

  /** What this number was used for; null when it was not. A call that died gets what it had created. */
  private async recall(
    caller: Caller,
    walletId: string,
    body: CreateTopUp,
  ): Promise<Reply<WirePayment> | null> {
    const { app_id } = caller
    const payment = await this.payments.findByOutTradeNo(caller, app_id, body.out_trade_no)
    if (!payment) return null
    if (payment.id === idFor(caller, 'pay')) return Reply.created(this.toWire(payment))
    if (asksForSameTopUp(payment, walletId, body)) return Reply.existing(this.toWire(payment))
    throw new PaymentError(
      'payment_conflict',
      `out_trade_no ${body.out_trade_no} is taken by ${payment.id} with other parameters. Use a number of its own for each payment.`,
      { outcome: 'failed' },
    )
  }

  private toWire(payment: Payment): WirePayment {
    return toWirePayment(payment, this.links.urlOf(payment))
  }
}
