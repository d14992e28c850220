import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../../infra/config/config.js'
import type { Tenant } from '../../infra/http/caller.js'
import { money } from '../../kernel/money.js'
import type { Channel, ChannelAccount, RefundRef, RefundState } from '../channels/channel.port.js'
import { ChannelRegistry } from '../channels/channel.registry.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import type { ExpectedRefund } from './refund.rules.js'
import type { PaidOrder } from './refund.types.js'

/** Money that is to go back, and the order it came by. */
export interface RefundOrder {
  readonly tenant: Tenant
  readonly order: PaidOrder
  readonly expected: ExpectedRefund
  readonly requested_at: Date
  readonly reason: string
}

/** What is to be given back of an order; the money is in the currency of the order. */
export function refundOrderOf(
  row: {
    readonly institution_id: string
    readonly livemode: boolean
    readonly channel_refund_no: string
    readonly currency: string
    readonly amount: bigint
    readonly created_at: Date
  },
  order: PaidOrder,
  reason: string,
): RefundOrder {
  return {
    tenant: { institution_id: row.institution_id, livemode: row.livemode },
    order,
    expected: {
      refund_no: row.channel_refund_no,
      order_no: order.channel_order_no,
      amount: money(row.amount, row.currency),
    },
    requested_at: row.created_at,
    reason,
  }
}

/** Step 2 of every refund: the calls, never inside a transaction. Each may be made again under its number. */
@Injectable()
export class ChannelRefundService {
  constructor(
    private readonly channels: ChannelRegistry,
    private readonly accounts: ChannelAccountService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicOrigin'>,
  ) {}

  /** Asks the channel for the money. The same number again is the same refund. */
  async send(refund: RefundOrder): Promise<RefundState> {
    const { channel, account } = await this.channelOf(refund)
    return channel.refund(account, {
      ...refundRefOf(refund),
      reason: refund.reason,
      notify_url: `${this.config.publicOrigin}/notify/${channel.code}/${account.id}/refunds`,
    })
  }

  async query(refund: RefundOrder): Promise<RefundState> {
    const { channel, account } = await this.channelOf(refund)
    return channel.queryRefund(account, refundRefOf(refund))
  }

  /** The account the order was placed with, also when it takes no more orders. */
  private async channelOf({
    tenant,
    order,
  }: RefundOrder): Promise<{ channel: Channel; account: ChannelAccount }> {
    const { institution_id, livemode } = tenant
    const account = await this.accounts.get(institution_id, livemode, order.channel_account_id)
    return { channel: this.channels.of(account.channel), account }
  }
}

/** The refund as its channel knows it. */
function refundRefOf({ order, expected, requested_at }: RefundOrder): RefundRef {
  return {
    refund_no: expected.refund_no,
    amount: expected.amount,
    requested_at,
    order: {
      order_no: order.channel_order_no,
      transaction_no: order.channel_transaction_no,
      method: order.method,
      amount: money(order.amount, expected.amount.currency),
      placed_at: order.placed_at,
    },
  }
}
