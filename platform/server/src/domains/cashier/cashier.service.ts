import { Inject, Injectable } from '@nestjs/common'
import { toString as toQrCode } from 'qrcode'
import { AppClocks } from '../../infra/clock/app-clocks.js'
import { CONFIG, type Config } from '../../infra/config/config.js'
import type { Tenant } from '../../infra/http/caller.js'
import { wireAmount, wireTime, wireTimeOrNull } from '../../infra/http/wire.schema.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { BillService } from '../bills/bill.service.js'
import type { NextAction } from '../channels/channel.port.js'
import { IdentityService } from '../identity/identity.service.js'
import { PayerService } from '../payers/payer.service.js'
import { CashierLinks } from '../payments/cashier-link.js'
import { CheckoutService } from '../payments/checkout.service.js'
import type { Checkout, CheckoutItem } from '../payments/checkout.types.js'
import { PaymentService } from '../payments/payment.service.js'
import type { Payment } from '../payments/payment.types.js'
import { PaymentChangeService } from '../payments/payment-change.service.js'
import { PaymentChannelsService } from '../payments/payment-channels.service.js'
import { PaymentStartService } from '../payments/payment-start.service.js'
import { WalletConfirmService } from '../payments/wallet/wallet-confirm.service.js'
import { CashierError } from './cashier.errors.js'
import { canChange, canPay, statusOf, usableHere } from './cashier.rules.js'
import type {
  CashierAction,
  CashierItem,
  CashierView,
  ConfirmCashierPayment,
  StartCashierPayment,
} from './cashier.schema.js'

/** What a link leads to: a checkout with the payment under way, or a payment of its own. */
interface Payable {
  readonly checkout: Checkout | null
  readonly payment: Payment | null
}

/** The payer's side: what is to be paid, and paying it. A link is the only key. */
@Injectable()
export class CashierService {
  constructor(
    private readonly links: CashierLinks,
    private readonly checkouts: CheckoutService,
    private readonly payments: PaymentService,
    private readonly starter: PaymentStartService,
    private readonly changes: PaymentChangeService,
    private readonly channels: PaymentChannelsService,
    private readonly bills: BillService,
    private readonly payers: PayerService,
    private readonly identity: IdentityService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'simulatorOrigin'>,
    @Inject(APP_CLOCK) private readonly clock: Clock,
    private readonly confirmations: WalletConfirmService,
    private readonly clocks: AppClocks,
  ) {}

  /** @throws CashierError cashier_link_unknown */
  async view(token: string): Promise<CashierView> {
    const found = await this.find(token)
    return this.inTimeOf(found, () => this.show(token, found))
  }

  /**
   * Places an order at the chosen channel, joins the one under way, or changes it for the chosen one.
   * @throws CashierError cashier_link_unknown, cashier_not_payable; PaymentError
   */
  async pay(token: string, choice: StartCashierPayment, ip: string): Promise<CashierView> {
    const found = await this.find(token)
    await this.inTimeOf(found, () => this.payInTime(found, choice, ip))
    return this.view(token)
  }

  private async payInTime(
    { checkout, payment }: Payable,
    choice: StartCashierPayment,
    ip: string,
  ): Promise<void> {
    const status = statusOf(checkout, payment, this.clock.now())
    if (status !== 'paying' && !canPay(status, checkout !== null)) {
      throw new CashierError('cashier_not_payable', 'There is nothing to pay here any more.')
    }
    const payer = { ip, channel_user_id: null }
    if (payment?.status === 'pending') {
      await this.changes.change(payment, choice, payer)
    } else if (status !== 'paying') {
      if (checkout) await this.starter.collectAtCashier(checkout, choice, payer)
      else if (payment) await this.starter.startAtCashier(payment, choice, payer)
    }
  }

  /**
   * The payer confirms by the PIN of their campus card.
   * @throws CashierError cashier_link_unknown; PaymentError payment_not_confirmable,
   *   payment_wallet_unknown; WalletError
   */
  async confirm(token: string, { pin }: ConfirmCashierPayment): Promise<CashierView> {
    const found = await this.find(token)
    const { payment } = found
    if (!payment) throw unknownLink()
    await this.inTimeOf(found, () => this.confirmations.confirm(payment, pin, null))
    return this.view(token)
  }

  /** The provider's form that the payer's browser sends now; null when there is none. */
  async formOf(token: string): Promise<Extract<NextAction, { type: 'submit_form' }> | null> {
    const { payment } = await this.find(token)
    const action = payment?.status === 'pending' ? payment.next_action : null
    return action?.type === 'submit_form' ? action : null
  }

  /** The QR code of the order under way, as SVG. @throws CashierError cashier_link_unknown */
  async qrCode(token: string): Promise<string> {
    const { payment } = await this.find(token)
    const action = payment?.next_action
    if (action?.type !== 'show_qr') throw unknownLink()
    return toQrCode(action.code_url, { type: 'svg', margin: 1, errorCorrectionLevel: 'M' })
  }

  /** The app that asks for the money may have a clock of its own. */
  private inTimeOf<T>({ checkout, payment }: Payable, work: () => Promise<T>): Promise<T> {
    return this.clocks.within((checkout ?? payment)?.app_id, work)
  }

  private async find(token: string): Promise<Payable> {
    const target = this.links.read(token)
    if (!target) throw unknownLink()
    if (target.id.startsWith('pay_')) {
      return { checkout: null, payment: await this.payments.findAny(target, target.id) }
    }
    return {
      checkout: await this.checkouts.findAny(target, target.id),
      payment: await this.payments.latestOfCheckout(target, target.id),
    }
  }

  private async show(token: string, { checkout, payment }: Payable): Promise<CashierView> {
    const payable = checkout ?? payment
    if (!payable) throw unknownLink()
    const now = this.clock.now()
    const status = statusOf(checkout, payment, now)
    const bills = await this.billsOf(payable, checkout?.id ?? payment?.checkout_id ?? null)
    const underWay = status === 'paying' ? payment : null
    return {
      reference: payable.id,
      title: checkout ? checkout.title : (payment?.subject ?? ''),
      ...(await this.identity.payeeNames(payable.institution_id, payable.department_id)),
      amount: wireAmount(payable.amount),
      currency: payable.currency,
      status,
      expires_at: wireTime((underWay ?? payable).expires_at),
      server_time: wireTime(now),
      livemode: payable.livemode,
      items: await this.itemsOf(payable, bills),
      channels: await this.channelsOf(
        payable,
        bills,
        canPay(status, checkout !== null) || (status === 'paying' && canChange(payment)),
      ),
      payment: payment && showPayment(token, payment, this.config.simulatorOrigin),
      paid_at: wireTimeOrNull(payment?.succeeded_at ?? null),
      return_url: payable.return_url,
    }
  }

  private billsOf(tenant: Tenant, checkoutId: string | null): Promise<readonly CheckoutItem[]> {
    return checkoutId ? this.checkouts.itemsOf(tenant, checkoutId) : Promise.resolve([])
  }

  private async channelsOf(
    tenant: Tenant & { readonly department_id: string; readonly currency: string },
    bills: readonly CheckoutItem[],
    isPayable: boolean,
  ): Promise<CashierView['channels']> {
    if (!isPayable) return []
    const billIds = bills.map(({ bill_id }) => bill_id)
    const available = usableHere(await this.channels.available(tenant, billIds))
    if (!available.some(({ code }) => code === 'campus_card')) return available
    const hasWallet = await this.confirmations.canPay(tenant, billIds, tenant.currency)
    return available.filter(({ code }) => hasWallet || code !== 'campus_card')
  }

  private async itemsOf(tenant: Tenant, items: readonly CheckoutItem[]): Promise<CashierItem[]> {
    const bills = await this.bills.find(
      tenant,
      items.map(({ bill_id }) => bill_id),
    )
    return Promise.all(
      items.map(async (item) => {
        const bill = bills.find(({ id }) => id === item.bill_id)
        const payer_name = bill ? await this.payers.displayName(tenant, bill.payer_id) : null
        return { title: bill?.title ?? '', amount: wireAmount(item.amount), payer_name }
      }),
    )
  }
}

/** What the payer has to do with the order. Without a channel there is none yet. */
function showPayment(
  token: string,
  payment: Payment,
  simulatorOrigin: string,
): CashierView['payment'] {
  const { id, channel, method, status, failure_message } = payment
  if (channel === null) return null
  const action = status === 'pending' ? payment.next_action : null
  const isTestCode = action?.type === 'show_qr' && !payment.livemode
  const phone = new URL(`/${channel}/phone`, simulatorOrigin)
  phone.searchParams.set('code_url', isTestCode ? action.code_url : '')
  return {
    id,
    channel,
    method,
    status,
    failure_message,
    action: action && showAction(token, action),
    phone_url: isTestCode ? phone.toString() : null,
  }
}

function showAction(token: string, action: NextAction): CashierAction {
  switch (action.type) {
    case 'show_qr':
      return { type: action.type, qr_url: `/cashier/api/${token}/qr.svg` }
    case 'submit_form':
      return { type: action.type, url: `/cashier/${token}/go` }
    case 'redirect':
    case 'invoke_jsapi':
    case 'enter_pin':
    case 'pay_at_counter':
      return action
  }
}

function unknownLink(): CashierError {
  return new CashierError(
    'cashier_link_unknown',
    'This link leads to nothing. Ask who sent it to you.',
  )
}
