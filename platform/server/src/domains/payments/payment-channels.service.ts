import { Inject, Injectable } from '@nestjs/common'
import type { Tenant } from '../../infra/http/caller.js'
import { BillService } from '../bills/bill.service.js'
import type { BillChannels } from '../bills/bill.types.js'
import {
  CHANNEL_CODES,
  type ChannelAccount,
  type ChannelCode,
  type ChannelMethod,
} from '../channels/channel.port.js'
import { ChannelRegistry } from '../channels/channel.registry.js'
import {
  ChannelRoutingService,
  type RoutedPayment,
} from '../channels/routing/channel-routing.service.js'
import { PaymentError } from './payment.errors.js'

export interface ChannelChoice {
  readonly channel: ChannelCode
  readonly method: ChannelMethod
}

/** A channel, and perhaps how the payer meets it. */
export interface ChannelWish {
  readonly channel: ChannelCode
  readonly method?: ChannelMethod | undefined
}

/** Which channels may take a payment. */
@Injectable()
export class PaymentChannelsService {
  constructor(
    private readonly registry: ChannelRegistry,
    @Inject(ChannelRoutingService)
    private readonly routing: Pick<ChannelRoutingService, 'account' | 'channelsOf'>,
    private readonly bills: BillService,
  ) {}

  /** What a payer may choose: what every bill's fee item allows and the department can collect through. */
  async available(
    tenant: Tenant & { readonly department_id: string },
    billIds: readonly string[],
  ): Promise<{ code: ChannelCode; methods: readonly ChannelMethod[] }[]> {
    const bills = await this.bills.channelsOf(tenant, billIds)
    const collecting = await this.routing.channelsOf(tenant)
    return CHANNEL_CODES.filter((code) => collecting.has(code) && !barredBy(bills, code)).map(
      (code) => ({ code, methods: this.registry.of(code).methods }),
    )
  }

  /** Who names no method gets the channel’s first. */
  choiceOf({ channel, method }: ChannelWish): ChannelChoice {
    return { channel, method: method ?? this.registry.of(channel).methods[0] }
  }

  /**
   * The account that takes a new order, found before anything is written.
   * @throws ChannelError channel_account_missing, channel_account_unusable, channel_unavailable
   */
  async account(
    payment: RoutedPayment,
    { channel, method }: ChannelChoice,
    billIds: () => Promise<readonly string[]>,
  ): Promise<ChannelAccount> {
    if (!this.registry.of(channel).methods.includes(method)) {
      throw new PaymentError(
        'payment_method_unsupported',
        `${channel} does not know the method ${method}.`,
      )
    }
    const feeItemIds = async () => {
      const bills = await this.bills.find(payment, await billIds())
      return bills.map(({ fee_item_id }) => fee_item_id)
    }
    return this.routing.account(payment, { channel, method, feeItemIds })
  }

  /** @throws PaymentError channel_not_allowed */
  async requireAllowed(
    tenant: Tenant,
    billIds: readonly string[],
    channel: ChannelCode,
  ): Promise<void> {
    assertAllowed(await this.bills.channelsOf(tenant, billIds), channel)
  }
}

/** @throws PaymentError channel_not_allowed */
export function assertAllowed(bills: readonly BillChannels[], channel: ChannelCode): void {
  const barring = barredBy(bills, channel)
  if (!barring) return
  throw new PaymentError(
    'channel_not_allowed',
    `"${barring.title}" cannot be paid through ${channel}.`,
  )
}

/** The first bill whose fee item does not let this channel be used. */
function barredBy(bills: readonly BillChannels[], channel: ChannelCode): BillChannels | undefined {
  return bills.find(({ channels }) => channels.length > 0 && !channels.includes(channel))
}
