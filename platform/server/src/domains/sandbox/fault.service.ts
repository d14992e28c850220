import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { AppClocks } from '../../infra/clock/app-clocks.js'
import type { Caller } from '../../infra/http/caller.js'
import { ChannelError } from '../channels/channel.errors.js'
import { CHANNEL_CODES, type ChannelAccount, type ChannelCode } from '../channels/channel.port.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import { PaymentService } from '../payments/payment.service.js'
import { SANDBOX_ACCOUNTS } from './accounts/sandbox-account.table.js'
import type {
  FaultList,
  FaultTarget,
  MagicAmountList,
  SetFault,
  WireFault,
} from './fault.schema.js'
import { FAULT_TEXTS } from './fault.text.js'
import { SimulationError } from './simulation.errors.js'
import { SimulationService } from './simulation.service.js'
import { SimulatorClient } from './simulator.client.js'
import { FaultRecord, MAGIC_AMOUNTS } from './simulators/simulator-faults.js'

const Faults = z.object({ faults: z.array(FaultRecord) })

/** What goes wrong at the simulated providers. They are the institution's: its apps share them. */
@Injectable()
export class FaultService {
  constructor(
    private readonly accounts: ChannelAccountService,
    private readonly payments: PaymentService,
    private readonly simulation: SimulationService,
    private readonly simulators: SimulatorClient,
    private readonly clocks: AppClocks,
  ) {}

  /** @throws PaymentError payment_not_found; ChannelError channel_account_missing; SimulationError */
  async set(caller: Caller, { fault, times, ...target }: SetFault): Promise<WireFault> {
    const { account, order_no } = await this.targetOf(caller, target)
    if (!isSimulated(account.channel)) {
      throw new SimulationError(
        'simulation_not_possible',
        `Nobody simulates ${account.channel}: this platform itself runs it, so nothing goes wrong there on purpose.`,
      )
    }
    const json = { fault, order_no, remaining: times }
    await this.simulators.call(account, { method: 'POST', path: faultsPath(account), json })
    return toWire(account, fault, times, target.payment ?? null)
  }

  /** @throws SimulationError simulator_unavailable */
  async list(caller: Caller, target: FaultTarget): Promise<FaultList> {
    const data: WireFault[] = []
    for (const account of await this.accountsOf(caller, target.channel)) {
      const path = faultsPath(account)
      const answer = await this.simulators.call(account, { method: 'GET', path })
      for (const { fault, order_no, remaining } of Faults.parse(answer).faults) {
        const payment = order_no === null ? null : await this.paymentOf(caller, order_no)
        // What is about a payment of another app is that app's.
        if (order_no !== null && payment === null) continue
        data.push(toWire(account, fault, remaining, payment))
      }
    }
    return { object: 'list', data }
  }

  /** Everything goes well again. @throws SimulationError simulator_unavailable */
  async clear(caller: Caller, target: FaultTarget): Promise<FaultList> {
    for (const account of await this.accountsOf(caller, target.channel)) {
      await this.simulators.call(account, { method: 'DELETE', path: faultsPath(account) })
    }
    return { object: 'list', data: [] }
  }

  magicAmounts(): MagicAmountList {
    const data = Array.from(MAGIC_AMOUNTS, ([amount, fault]) => ({
      ...{ object: 'magic_amount' as const, amount, currency: 'CNY' as const, fault },
      description: FAULT_TEXTS[fault].en,
    }))
    return { object: 'list', data }
  }

  private async targetOf(
    { institution_id, ...caller }: Caller,
    {
      payment,
      channel_account,
      channel,
    }: Pick<SetFault, 'payment' | 'channel_account' | 'channel'>,
  ): Promise<{ account: ChannelAccount; order_no: string | null }> {
    if (payment) return this.simulation.placedOrder({ ...caller, institution_id }, payment)
    const account = channel_account
      ? await this.accounts.get(institution_id, false, channel_account)
      : await this.active({ ...caller, institution_id }, channel ?? CHANNEL_CODES[0])
    return { account, order_no: null }
  }

  private async accountsOf(
    caller: Caller,
    channel: ChannelCode | undefined,
  ): Promise<ChannelAccount[]> {
    const simulated = CHANNEL_CODES.filter(isSimulated)
    const found: ChannelAccount[] = []
    for (const code of simulated) {
      if (channel !== undefined && code !== channel) continue
      const account = await this.activeOrNull(caller, code)
      if (account) found.push(account)
    }
    return found
  }

  /** Where the caller's new orders go: an app with a clock has accounts of its own. */
  private async active({ institution_id, app_id }: Caller, code: ChannelCode) {
    const own = this.clocks.has(app_id)
      ? await this.accounts.ofApp({ institution_id, livemode: false }, app_id)
      : []
    const mine = own.find(({ channel }) => channel === code)
    return mine ?? this.accounts.active(institution_id, false, code)
  }

  private async activeOrNull(caller: Caller, code: ChannelCode) {
    try {
      return await this.active(caller, code)
    } catch (error) {
      if (error instanceof ChannelError && error.code === 'channel_account_missing') return null
      throw error
    }
  }

  /** The caller's payment that this order was placed for; null when it is somebody else's. */
  private async paymentOf(caller: Caller, orderNo: string): Promise<string | null> {
    const payment = await this.payments.findByOrderNo(caller, orderNo)
    return payment?.app_id === caller.app_id ? payment.id : null
  }
}

/** The channels of the house have no provider whose faults could be played. */
function isSimulated(channel: ChannelCode): boolean {
  const sandbox = SANDBOX_ACCOUNTS[channel]
  return sandbox !== undefined && !sandbox.isInHouse
}

function faultsPath({ merchant_id }: ChannelAccount): string {
  return `/merchants/${merchant_id}/faults`
}

function toWire(
  { channel, id }: ChannelAccount,
  fault: WireFault['fault'],
  times: number | null,
  payment: string | null,
): WireFault {
  return { object: 'fault', livemode: false, fault, channel, channel_account: id, payment, times }
}
