import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../../infra/config/config.js'
import type { Caller } from '../../infra/http/caller.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import type { Payment as WirePayment } from '../payments/payment.schema.js'
import { PaymentService } from '../payments/payment.service.js'
import type { PaymentAttempt } from '../payments/payment.types.js'
import { PaymentStartService } from '../payments/payment-start.service.js'
import { SimulationError } from './simulation.errors.js'
import type { SimulatePayment } from './simulation.schema.js'

const TIMEOUT_MS = 10_000

/** Plays the payer in test mode: on the simulator's phone, by way of the wire, never in our own books. */
@Injectable()
export class SimulationService {
  constructor(
    private readonly payments: PaymentService,
    private readonly starter: PaymentStartService,
    private readonly accounts: ChannelAccountService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws PaymentError payment_not_found; SimulationError simulation_not_possible */
  async play(caller: Caller, paymentId: string, play: SimulatePayment): Promise<WirePayment> {
    await this.payments.get(caller, paymentId)
    const attempt = await this.orderOf(caller, paymentId)
    const account = await this.accounts.get(
      caller.institution_id,
      false,
      attempt.channel_account_id,
    )
    const path = `/_control/${attempt.channel}/orders/${account.merchant_id}/${attempt.channel_order_no}/play`
    await this.call(path, play)
    return this.payments.get(caller, paymentId)
  }

  /** The order to play with. A payment without one gets one first, as if the payer chose a channel. */
  private async orderOf(caller: Caller, paymentId: string): Promise<PaymentAttempt> {
    const payment = await this.payments.findAny(caller, paymentId)
    if (payment?.status === 'created' && payment.channel === null) {
      await this.starter.startAtCashier(payment, { channel: 'wechatpay', method: 'native' })
    }
    const attempt = payment && (await this.payments.latestAttempt(payment))
    if (attempt) return attempt
    throw new SimulationError(
      'simulation_not_possible',
      'No order was ever placed for this payment, so nobody can pay it.',
    )
  }

  private async call(path: string, play: SimulatePayment): Promise<void> {
    const response = await this.post(path, play)
    if (response.ok) return
    const text = await response.text()
    if (response.status < 500) {
      throw new SimulationError('simulation_not_possible', `The simulator refuses: ${text}`)
    }
    throw new SimulationError(
      'simulator_unavailable',
      'The simulator is broken; see its log.',
      text,
    )
  }

  private async post(path: string, play: SimulatePayment): Promise<Response> {
    try {
      return await fetch(`${this.config.simulatorOrigin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(play),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch (cause) {
      throw new SimulationError('simulator_unavailable', 'The simulator does not answer.', cause)
    }
  }
}
