import { Inject, Injectable } from '@nestjs/common'
import { toString as toQrCode } from 'qrcode'
import { CONFIG, type Config } from '../../infra/config/config.js'
import type { Tenant } from '../../infra/http/caller.js'
import { wireAmount, wireTime, wireTimeOrNull } from '../../infra/http/wire.schema.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { BillService } from '../bills/bill.service.js'
import { IdentityService } from '../identity/identity.service.js'
import { PayerService } from '../payers/payer.service.js'
import { CashierLinks } from '../payments/cashier-link.js'
import { CheckoutService } from '../payments/checkout.service.js'
import type { Checkout, CheckoutItem } from '../payments/checkout.types.js'
import { PaymentService } from '../payments/payment.service.js'
import type { Payment } from '../payments/payment.types.js'
import { PaymentChannelsService } from '../payments/payment-channels.service.js'
import { PaymentStartService } from '../payments/payment-start.service.js'
import { CashierError } from './cashier.errors.js'
import { canPay, statusOf } from './cashier.rules.js'
import type { CashierItem, CashierView, StartCashierPayment } from './cashier.schema.js'

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
    private readonly channels: PaymentChannelsService,
    private readonly bills: BillService,
    private readonly payers: PayerService,
    private readonly identity: IdentityService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'simulatorOrigin'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CashierError cashier_link_unknown */
  async view(token: string): Promise<CashierView> {
    return this.show(token, await this.find(token))
  }

  /**
   * Places an order at the chosen channel, or joins the one under way.
   * @throws CashierError cashier_link_unknown, cashier_not_payable
   */
  async pay(token: string, choice: StartCashierPayment): Promise<CashierView> {
    const payable = await this.find(token)
    const status = statusOf(payable.checkout, payable.payment, this.clock.now())
    if (status === 'paying') return this.show(token, payable)
    if (!canPay(status, payable.checkout !== null)) {
      throw new CashierError('cashier_not_payable', 'There is nothing to pay here any more.')
    }
    if (payable.checkout) {
      await this.starter.collectAtCashier(payable.checkout, choice)
    } else if (payable.payment) {
      await this.starter.startAtCashier(payable.payment, choice)
    }
    return this.view(token)
  }

  /** The QR code of the order under way, as SVG. @throws CashierError cashier_link_unknown */
  async qrCode(token: string): Promise<string> {
    const { payment } = await this.find(token)
    if (!payment?.code_url) throw unknownLink()
    return toQrCode(payment.code_url, { type: 'svg', margin: 1, errorCorrectionLevel: 'M' })
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
      channels: await this.channelsOf(payable, bills, canPay(status, checkout !== null)),
      payment: payment && showPayment(token, payment, this.config.simulatorOrigin),
      paid_at: wireTimeOrNull(payment?.succeeded_at ?? null),
      return_url: payable.return_url,
    }
  }

  private billsOf(tenant: Tenant, checkoutId: string | null): Promise<readonly CheckoutItem[]> {
    return checkoutId ? this.checkouts.itemsOf(tenant, checkoutId) : Promise.resolve([])
  }

  private async channelsOf(
    tenant: Tenant,
    bills: readonly CheckoutItem[],
    isPayable: boolean,
  ): Promise<CashierView['channels']> {
    if (!isPayable) return []
    const billIds = bills.map(({ bill_id }) => bill_id)
    return this.channels.available(tenant, billIds)
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
  const { id, channel, method, status, failure_message, code_url } = payment
  if (channel === null) return null
  const isPayable = status === 'pending' && code_url !== null
  const phone = new URL('/wechatpay/phone', simulatorOrigin)
  phone.searchParams.set('code_url', code_url ?? '')
  return {
    id,
    channel,
    method,
    status,
    failure_message,
    qr_url: isPayable ? `/cashier/api/${token}/qr.svg` : null,
    phone_url: isPayable && !payment.livemode ? phone.toString() : null,
  }
}

function unknownLink(): CashierError {
  return new CashierError(
    'cashier_link_unknown',
    'This link leads to nothing. Ask who sent it to you.',
  )
}
