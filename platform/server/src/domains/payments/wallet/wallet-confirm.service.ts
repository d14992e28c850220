import { Injectable, Logger } from '@nestjs/common'
import type { Caller, Tenant } from '../../../infra/http/caller.js'
import { BillService } from '../../bills/bill.service.js'
import { campusCardLimits } from '../../channels/campus-card/campus-card.settings.js'
import { ChannelAccountService } from '../../channels/channel-account.service.js'
import { WalletService } from '../../wallets/wallet.service.js'
import { WalletOrderService } from '../../wallets/wallet-order.service.js'
import { CheckoutRepository } from '../checkout.repository.js'
import { PaymentError, paymentNotFound } from '../payment.errors.js'
import type { Payment as WirePayment } from '../payment.schema.js'
import { PaymentService } from '../payment.service.js'
import { OPEN_PAYMENT_STATUSES } from '../payment.state.js'
import type { Payment, PaymentAttempt } from '../payment.types.js'
import { PaymentAttemptService } from '../payment-attempt.service.js'
import type { ConfirmWallet } from './wallet-confirm.schema.js'

/**
 * The payer confirms an order of the campus card by PIN. The wallet is charged in one transaction; then the
 * payment hears of it by the ordinary question to the channel, so that a crash between the two is
 * recovered by whoever asks next.
 */
@Injectable()
export class WalletConfirmService {
  private readonly logger = new Logger('WalletConfirm')

  constructor(
    private readonly payments: PaymentService,
    private readonly attempts: PaymentAttemptService,
    private readonly accounts: ChannelAccountService,
    private readonly orders: WalletOrderService,
    private readonly wallets: WalletService,
    private readonly checkouts: CheckoutRepository,
    private readonly bills: BillService,
  ) {}

  /** @throws PaymentError payment_not_found and those of `confirm`; WalletError */
  async confirmForApp(caller: Caller, id: string, body: ConfirmWallet): Promise<WirePayment> {
    const payment = await this.payments.findOwn(caller, id)
    if (!payment) throw paymentNotFound(id)
    return this.payments.toWire(await this.confirm(payment, body.pin, body.wallet ?? null))
  }

  /**
   * @param walletId null: the wallet of the payer whose bills are paid
   * @throws PaymentError payment_not_confirmable, payment_wallet_unknown; WalletError of a wallet that
   *   does not pay; the order then still waits, unless the wallet is frozen
   */
  async confirm(payment: Payment, pin: string, walletId: string | null): Promise<Payment> {
    if (payment.status === 'succeeded' && payment.channel === 'campus_card') return payment
    const attempt = await this.payments.latestAttempt(payment)
    if (!isConfirmable(payment, attempt)) {
      throw new PaymentError(
        'payment_not_confirmable',
        'Nothing waits to be confirmed here: it is over, or paid through another channel.',
        { outcome: 'failed' },
      )
    }
    const { institution_id, livemode, channel_account_id, channel_order_no } = attempt
    const account = await this.accounts.get(institution_id, livemode, channel_account_id)
    try {
      await this.orders.pay(payment, {
        order_no: channel_order_no,
        wallet_id: walletId ?? (await this.walletOfPayer(payment)),
        pin,
        default_limits: campusCardLimits(account),
      })
    } finally {
      // Also after a refusal: it may have ended the order.
      await this.bringOn(attempt)
    }
    return (await this.payments.findAny(payment, payment.id)) ?? payment
  }

  /** Whether a payer can choose the campus card: somebody's wallet must be known to pay. */
  async canPay(tenant: Tenant, billIds: readonly string[], currency: string): Promise<boolean> {
    return (await this.findWallet(tenant, billIds, currency)) !== null
  }

  private async walletOfPayer(payment: Payment): Promise<string> {
    const items = payment.checkout_id
      ? await this.checkouts.itemsOf(payment, [payment.checkout_id])
      : []
    const billIds = items.map(({ bill_id }) => bill_id)
    const wallet = await this.findWallet(payment, billIds, payment.currency)
    if (wallet !== null) return wallet
    throw new PaymentError(
      'payment_wallet_unknown',
      'Whose wallet pays is not known: name it, or give the payer of the bills a wallet first.',
      { outcome: 'failed' },
    )
  }

  /** The wallet of the one payer whose bills these are. */
  private async findWallet(
    tenant: Tenant,
    billIds: readonly string[],
    currency: string,
  ): Promise<string | null> {
    if (billIds.length === 0) return null
    const bills = await this.bills.find(tenant, billIds)
    const [payer, another] = [...new Set(bills.map(({ payer_id }) => payer_id))]
    if (payer === undefined || another !== undefined) return null
    return (await this.wallets.ofPayer(tenant, payer, currency))?.id ?? null
  }

  /** The charge is durable, so nothing that goes wrong here may look like a refusal. */
  private async bringOn(attempt: PaymentAttempt): Promise<void> {
    try {
      await this.attempts.ask(attempt)
    } catch (error) {
      this.logger.error({ err: error, attempt: attempt.id }, 'the query job will go on')
    }
  }
}

function isConfirmable(
  payment: Payment,
  attempt: PaymentAttempt | null,
): attempt is PaymentAttempt & { channel: 'campus_card' } {
  return (
    attempt?.channel === 'campus_card' &&
    // An order that the payer has turned away from is being closed.
    attempt.id === payment.current_attempt_id &&
    OPEN_PAYMENT_STATUSES.includes(payment.status)
  )
}
