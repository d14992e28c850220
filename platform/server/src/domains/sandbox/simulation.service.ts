import { Injectable } from '@nestjs/common'
import type { Caller } from '../../infra/http/caller.js'
import type { ChannelAccount, NextAction } from '../channels/channel.port.js'
import { ChannelRegistry } from '../channels/channel.registry.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import type { Payment as WirePayment } from '../payments/payment.schema.js'
import { PaymentService } from '../payments/payment.service.js'
import type { PaymentAttempt } from '../payments/payment.types.js'
import { PaymentStartService } from '../payments/payment-start.service.js'
import { SimulationError } from './simulation.errors.js'
import type { SimulatePayment } from './simulation.schema.js'
import { SimulatorClient } from './simulator.client.js'

const CHANNEL_DEFAULT = 'wechatpay'

/** Plays the payer in test mode: at the simulator, by way of the wire, never in our own books. */
@Injectable()
export class SimulationService {
  constructor(
    private readonly payments: PaymentService,
    private readonly starter: PaymentStartService,
    private readonly accounts: ChannelAccountService,
    private readonly registry: ChannelRegistry,
    private readonly simulators: SimulatorClient,
  ) {}

  /** @throws PaymentError payment_not_found; SimulationError simulation_not_possible */
  async play(caller: Caller, paymentId: string, play: SimulatePayment): Promise<WirePayment> {
    await this.payments.get(caller, paymentId)
    const attempt = await this.orderOf(caller, paymentId, play)
    const account = await this.accountOf(attempt)
    await this.open(account, attempt.next_action)
    const { action, notify } = play
    const path = `/orders/${account.merchant_id}/${attempt.channel_order_no}/play`
    await this.simulators.call(account, { method: 'POST', path, json: { action, notify } })
    return this.payments.get(caller, paymentId)
  }

  /**
   * The order placed for a payment, and its account.
   * @throws PaymentError payment_not_found; SimulationError simulation_not_possible
   */
  async placedOrder(caller: Caller, paymentId: string): Promise<PlacedOrder> {
    await this.payments.get(caller, paymentId)
    const payment = await this.payments.findAny(caller, paymentId)
    const attempt = payment && (await this.payments.latestAttempt(payment))
    if (!attempt) throw neverPlaced()
    return { order_no: attempt.channel_order_no, account: await this.accountOf(attempt) }
  }

  /** The order to play with. A payment without one gets one first, as if the payer chose a channel. */
  private async orderOf(
    caller: Caller,
    paymentId: string,
    { channel = CHANNEL_DEFAULT, method }: SimulatePayment,
  ): Promise<PaymentAttempt> {
    const payment = await this.payments.findAny(caller, paymentId)
    if (payment?.status === 'created' && payment.channel === null) {
      const [first] = this.registry.of(channel).methods
      await this.starter.startAtCashier(payment, { channel, method: method ?? first })
    }
    const attempt = payment && (await this.payments.latestAttempt(payment))
    if (attempt) return attempt
    throw neverPlaced()
  }

  private accountOf({ institution_id, channel_account_id }: PaymentAttempt) {
    return this.accounts.get(institution_id, false, channel_account_id)
  }

  /**
   * Goes to the page that makes the order. A page that refuses has a reason, which playing tells: the
   * order may be closed, and a payer can still pay it late.
   */
  private async open(account: ChannelAccount, action: NextAction | null): Promise<void> {
    if (action?.type !== 'redirect' && action?.type !== 'submit_form') return
    const fields = action.type === 'submit_form' ? { fields: action.fields } : {}
    const json = { url: action.url, ...fields }
    try {
      await this.simulators.call(account, { method: 'POST', path: '/orders/open', json })
    } catch (error) {
      const isRefusal = error instanceof SimulationError && error.code === 'simulation_not_possible'
      if (!isRefusal) throw error
    }
  }
}

export interface PlacedOrder {
  readonly order_no: string
  readonly account: ChannelAccount
}

function neverPlaced(): SimulationError {
  return new SimulationError(
    'simulation_not_possible',
    'No order was ever placed for this payment, so nobody can pay it.',
  )
}
