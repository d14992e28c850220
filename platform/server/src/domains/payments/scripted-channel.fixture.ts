import type { Tenant } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { ChannelError } from '../channels/channel.errors.js'
import type {
  AccountCheck,
  Channel,
  ChannelAccount,
  ChannelCode,
  ChannelNotification,
  ChannelOrder,
  CloseOrderResult,
  OrderRef,
  OrderState,
  PlaceOrderResult,
  RawNotification,
  RefundState,
  StatementResult,
} from '../channels/channel.port.js'
import { ChannelRegistry, type InHouseChannels } from '../channels/channel.registry.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import type { ChannelRoutingService } from '../channels/routing/channel-routing.service.js'

type Script<Asked, Answer> = (asked: Asked) => Answer | Promise<Answer>

/** A provider that answers as it is told, and remembers what it was asked. */
export class ScriptedChannel implements Channel {
  readonly code = 'wechatpay'
  readonly methods = ['native', 'h5', 'page'] as const
  readonly orders: ChannelOrder[] = []
  readonly queried: string[] = []
  readonly closed: string[] = []
  onPlace: Script<ChannelOrder, PlaceOrderResult> = ({ order_no }) => ({
    kind: 'placed',
    next_action: { type: 'show_qr', code_url: `weixin://${order_no}` },
  })
  onQuery: Script<string, OrderState> = () => ({ kind: 'waiting' })
  onClose: Script<string, CloseOrderResult> = () => ({ kind: 'closed' })
  private readonly notifications = new Map<string, ChannelNotification>()

  async placeOrder(_: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult> {
    this.orders.push(order)
    return this.onPlace(order)
  }

  async queryOrder(_: ChannelAccount, { order_no: orderNo }: OrderRef): Promise<OrderState> {
    this.queried.push(orderNo)
    return this.onQuery(orderNo)
  }

  async closeOrder(_: ChannelAccount, { order_no: orderNo }: OrderRef): Promise<CloseOrderResult> {
    this.closed.push(orderNo)
    return this.onClose(orderNo)
  }

  /** A body that stands for a signed notification of this state. */
  sign(order_no: string, state: OrderState): Buffer {
    const body = newId('req')
    this.notifications.set(body, { kind: 'order', order_no, state })
    return Buffer.from(body)
  }

  readNotification(_: ChannelAccount, raw: RawNotification): ChannelNotification {
    const known = this.notifications.get(raw.body.toString())
    if (known) return known
    throw new ChannelError('notification_invalid', 'the signature is wrong')
  }

  acceptNotification = () => ({ status: 204, content_type: 'application/json', body: '' })
  refuseNotification = (reason: string) => ({
    status: 400,
    content_type: 'application/json',
    body: JSON.stringify({ code: 'FAIL', message: reason }),
  })

  refund = (): Promise<RefundState> => Promise.reject(new Error('no refunds here'))
  queryRefund = (): Promise<RefundState> => Promise.reject(new Error('no refunds here'))
  fetchStatement = async (): Promise<StatementResult> => ({ kind: 'empty' })
  checkAccount = async (): Promise<AccountCheck> => ({ kind: 'works' })
}

export class ScriptedRegistry extends ChannelRegistry {
  constructor(
    private readonly channel: Channel,
    private readonly own: InHouseChannels,
  ) {
    super(own)
  }

  override of(code: string = this.channel.code): Channel {
    return code === 'campus_card' || code === 'cash' ? this.own[code] : this.channel
  }
}

/** One account per institution and mode, unless a test takes it away. */
export class ScriptedAccounts extends ChannelAccountService {
  private readonly known = new Map<string, ChannelAccount>()
  isDisabled = false

  /** Whether the institution also has a campus card and a counter. */
  hasInHouse = false
  /** Where else it has an account. */
  readonly elsewhere = new Set<ChannelCode>()

  override async active(
    institution_id: string,
    livemode: boolean,
    channel: ChannelCode = 'wechatpay',
  ) {
    const isThere = channel === 'wechatpay' || this.hasInHouse || this.elsewhere.has(channel)
    if (this.isDisabled || !isThere) {
      throw new ChannelError('channel_account_missing', 'no active account')
    }
    const known = [...this.known.values()].find(
      (account) =>
        account.institution_id === institution_id &&
        account.livemode === livemode &&
        account.channel === channel,
    )
    if (known) return known
    const account = { institution_id, livemode, id: newId('cha'), channel, merchant_id: '1900' }
    this.known.set(account.id, { ...account, settings: {} })
    return { ...account, settings: {} }
  }

  override async get(_institutionId: string, _livemode: boolean, id: string) {
    const account = this.known.get(id)
    if (account) return account
    throw new ChannelError('channel_account_missing', `there is no channel account ${id}`)
  }

  override async findForNotification(id: string) {
    return this.known.get(id) ?? null
  }
}

/** Every payment goes to the one account. */
export class ScriptedRouting implements Pick<ChannelRoutingService, 'account' | 'channelsOf'> {
  constructor(private readonly accounts: ScriptedAccounts) {}

  account({ institution_id, livemode }: Tenant, { channel }: { readonly channel: ChannelCode }) {
    return this.accounts.active(institution_id, livemode, channel)
  }

  async channelsOf() {
    if (this.accounts.isDisabled) return new Set<ChannelCode>()
    const inHouse = this.accounts.hasInHouse ? (['campus_card', 'cash'] as const) : []
    return new Set<ChannelCode>(['wechatpay', ...inHouse])
  }
}
