import { Injectable } from '@nestjs/common'
import type { Tenant } from '../../infra/http/caller.js'
import { BillService } from '../bills/bill.service.js'
import type { BillChannels } from '../bills/bill.types.js'
import { ChannelError } from '../channels/channel.errors.js'
import {
  CHANNEL_CODES,
  type ChannelAccount,
  type ChannelCode,
  type ChannelMethod,
} from '../channels/channel.port.js'
import { ChannelRegistry } from '../channels/channel.registry.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import { PaymentError } from './payment.errors.js'

export interface ChannelChoice {
  readonly channel: ChannelCode
  readonly method: ChannelMethod
}

/** Which channels may take a payment. */
@Injectable()
export class PaymentChannelsService {
  constructor(
    private readonly registry: ChannelRegistry,
    private readonly accounts: ChannelAccountService,
    private readonly bills: BillService,
  ) {}

  /** What a payer may choose: what every bill's fee item allows and the institution has an account at. */
  async available(
    tenant: Tenant,
    billIds: readonly string[],
  ): Promise<{ code: ChannelCode; methods: readonly ChannelMethod[] }[]> {
    const bills = await this.bills.channelsOf(tenant, billIds)
    const allowed = CHANNEL_CODES.filter((code) => !barredBy(bills, code))
    const choices = allowed.map(async (code) =>
      (await this.hasAccount(tenant, code))
        ? [{ code, methods: this.registry.of(code).methods }]
        : [],
    )
    return (await Promise.all(choices)).flat()
  }

  /** The account that takes a new order. @throws ChannelError channel_account_missing */
  account(tenant: Tenant, { channel, method }: ChannelChoice): Promise<ChannelAccount> {
    if (!this.registry.of(channel).methods.includes(method)) {
      throw new PaymentError(
        'payment_method_unsupported',
        `${channel} does not know the method ${method}.`,
      )
    }
    return this.accounts.active(tenant.institution_id, tenant.livemode, channel)
  }

  /** @throws PaymentError channel_not_allowed */
  async requireAllowed(
    tenant: Tenant,
    billIds: readonly string[],
    channel: ChannelCode,
  ): Promise<void> {
    assertAllowed(await this.bills.channelsOf(tenant, billIds), channel)
  }

  private hasAccount(tenant: Tenant, code: ChannelCode): Promise<boolean> {
    return this.accounts.active(tenant.institution_id, tenant.livemode, code).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ChannelError) return false
        throw error
      },
    )
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
