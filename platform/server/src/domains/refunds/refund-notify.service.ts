import { Injectable, Logger } from '@nestjs/common'
import { PlatformError } from '../../kernel/errors.js'
import { isId } from '../../kernel/id.js'
import type {
  Channel,
  ChannelAccount,
  ChannelNotification,
  NotificationAnswer,
  RawNotification,
} from '../channels/channel.port.js'
import { ChannelRegistry } from '../channels/channel.registry.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import { LateSuccessRepository } from './late-success.repository.js'
import { LateSuccessRefundService } from './late-success-refund.service.js'
import { RefundRepository } from './refund.repository.js'
import { RefundProgressService } from './refund-progress.service.js'

type RefundNotification = Extract<ChannelNotification, { kind: 'refund' }>

/** What a provider tells us of its own accord about a refund. */
@Injectable()
export class RefundNotifyService {
  private readonly logger = new Logger('RefundNotify')

  constructor(
    private readonly channels: ChannelRegistry,
    private readonly accounts: ChannelAccountService,
    private readonly refunds: RefundRepository,
    private readonly progress: RefundProgressService,
    private readonly lateSuccesses: LateSuccessRepository,
    private readonly lateRefunds: LateSuccessRefundService,
  ) {}

  /**
   * Accepted means recorded for good. What cannot be read or recorded is refused in the provider's own
   * words, so that it tells us again. @throws ChannelError channel_unknown
   */
  async receive(
    code: string,
    accountId: string,
    raw: RawNotification,
  ): Promise<NotificationAnswer> {
    const channel = this.channels.of(this.channels.parseCode(code))
    try {
      const refusal = await this.take(channel, accountId, raw)
      return refusal ? this.refuse(channel, accountId, refusal) : channel.acceptNotification()
    } catch (error) {
      if (error instanceof PlatformError) return this.refuse(channel, accountId, error.code)
      this.logger.error({ err: error, account: accountId }, 'a notification was not recorded')
      return channel.refuseNotification('try again')
    }
  }

  /** Null: it is recorded. Otherwise why not. */
  private async take(
    channel: Channel,
    accountId: string,
    raw: RawNotification,
  ): Promise<string | null> {
    const account = isId(accountId, 'cha')
      ? await this.accounts.findForNotification(accountId)
      : null
    if (account?.channel !== channel.code) return 'no such account'
    const notification = channel.readNotification(account, raw)
    if (notification.kind !== 'refund') return 'not about a refund'
    return (await this.record(account, notification)) ? null : 'no such refund'
  }

  private async record(
    account: ChannelAccount,
    { refund_no, state }: RefundNotification,
  ): Promise<boolean> {
    const refund = await this.refunds.findCaseByNumber(account, refund_no)
    if (refund?.order.channel_account_id === account.id) {
      await this.progress.recordAnswer(refund, state)
      return true
    }
    const late = await this.lateSuccesses.findCaseByNumber(account, refund_no)
    if (late?.order.channel_account_id === account.id) {
      await this.lateRefunds.recordAnswer(late, state)
      return true
    }
    return false
  }

  /** A security event: who was meant and what was wrong, nothing of what was sent. */
  private refuse(channel: Channel, accountId: string, reason: string): NotificationAnswer {
    const account = accountId.slice(0, 64)
    this.logger.warn({ channel: channel.code, account, reason }, 'a notification was refused')
    return channel.refuseNotification(reason)
  }
}
