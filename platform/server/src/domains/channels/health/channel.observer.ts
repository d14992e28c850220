import type {
  AccountCheck,
  Channel,
  ChannelAccount,
  ChannelNotification,
  ChannelOrder,
  ChannelRefund,
  CloseOrderResult,
  NotificationAnswer,
  OrderRef,
  OrderState,
  PlaceOrderResult,
  RawNotification,
  RefundRef,
  RefundState,
  StatementResult,
} from '../channel.port.js'
import { withEvidence } from './call-evidence.js'
import type { CallKind } from './fault-window.js'

/** Who wants to know how calls end. Neither may throw: the answer of the channel comes first. */
export interface ChannelWatcher {
  /** @param evidence the last that came from the provider, if anything did */
  answered(
    account: ChannelAccount,
    kind: CallKind,
    answer: ChannelAnswer,
    evidence: Buffer | null,
  ): Promise<void>
  refused(account: ChannelAccount, raw: RawNotification, error: unknown): void
}

/** What every result of a channel has in common. */
export interface ChannelAnswer {
  readonly kind: string
  readonly reason?: string
}

/**
 * A channel that tells a watcher how every call ended: the one place where health is measured and evidence
 * is kept, so that no caller can forget it.
 */
export class ObservedChannel implements Channel {
  constructor(
    private readonly channel: Channel,
    private readonly watcher: ChannelWatcher,
  ) {}

  get code() {
    return this.channel.code
  }

  get methods() {
    return this.channel.methods
  }

  placeOrder(account: ChannelAccount, order: ChannelOrder): Promise<PlaceOrderResult> {
    return this.watch(account, 'order', () => this.channel.placeOrder(account, order))
  }

  queryOrder(account: ChannelAccount, order: OrderRef): Promise<OrderState> {
    return this.watch(account, 'other', () => this.channel.queryOrder(account, order))
  }

  closeOrder(account: ChannelAccount, order: OrderRef): Promise<CloseOrderResult> {
    return this.watch(account, 'other', () => this.channel.closeOrder(account, order))
  }

  refund(account: ChannelAccount, refund: ChannelRefund): Promise<RefundState> {
    return this.watch(account, 'other', () => this.channel.refund(account, refund))
  }

  queryRefund(account: ChannelAccount, refund: RefundRef): Promise<RefundState> {
    return this.watch(account, 'other', () => this.channel.queryRefund(account, refund))
  }

  /** Comes from servers of its own and late on many days: no sign of how orders fare. */
  fetchStatement(account: ChannelAccount, day: string): Promise<StatementResult> {
    return this.channel.fetchStatement(account, day)
  }

  /** A person asks about settings that may not even be saved. */
  checkAccount(account: ChannelAccount): Promise<AccountCheck> {
    return this.channel.checkAccount(account)
  }

  readNotification(account: ChannelAccount, raw: RawNotification): ChannelNotification {
    try {
      return this.channel.readNotification(account, raw)
    } catch (error) {
      this.watcher.refused(account, raw, error)
      throw error
    }
  }

  acceptNotification(): NotificationAnswer {
    return this.channel.acceptNotification()
  }

  refuseNotification(reason: string): NotificationAnswer {
    return this.channel.refuseNotification(reason)
  }

  private async watch<Answer extends ChannelAnswer>(
    account: ChannelAccount,
    kind: CallKind,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    const { answer, evidence } = await withEvidence(call)
    await this.watcher.answered(account, kind, answer, evidence)
    return answer
  }
}
