import { Injectable } from '@nestjs/common'
import type {
  ChannelAccount,
  ChannelNotification,
  NotificationAnswer,
  RawNotification,
} from '../channels/channel.port.js'
import { NotificationService } from '../channels/notification.service.js'
import { LateSuccessRepository } from './late-success.repository.js'
import { LateSuccessRefundService } from './late-success-refund.service.js'
import { RefundRepository } from './refund.repository.js'
import { RefundProgressService } from './refund-progress.service.js'

/** What a provider tells us of its own accord about a refund. */
@Injectable()
export class RefundNotifyService {
  constructor(
    private readonly notifications: NotificationService,
    private readonly refunds: RefundRepository,
    private readonly progress: RefundProgressService,
    private readonly lateSuccesses: LateSuccessRepository,
    private readonly lateRefunds: LateSuccessRefundService,
  ) {}

  /** @throws ChannelError channel_unknown */
  receive(code: string, accountId: string, raw: RawNotification): Promise<NotificationAnswer> {
    return this.notifications.receive(code, accountId, raw, (account, notification) =>
      this.take(account, notification),
    )
  }

  private async take(
    account: ChannelAccount,
    notification: ChannelNotification,
  ): Promise<string | null> {
    if (notification.kind !== 'refund') return 'not_about_a_refund'
    const { refund_no, state } = notification
    const refund = await this.refunds.findCaseByNumber(account, refund_no)
    if (refund?.order.channel_account_id === account.id) {
      await this.progress.recordAnswer(refund, state)
      return null
    }
    const late = await this.lateSuccesses.findCaseByNumber(account, refund_no)
    if (late?.order.channel_account_id !== account.id) return 'no_such_refund'
    await this.lateRefunds.recordAnswer(late, state)
    return null
  }
}
