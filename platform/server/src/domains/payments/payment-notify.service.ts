import { Injectable } from '@nestjs/common'
import type {
  ChannelAccount,
  ChannelNotification,
  NotificationAnswer,
  RawNotification,
} from '../channels/channel.port.js'
import { NotificationService } from '../channels/notification.service.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentAttemptService } from './payment-attempt.service.js'

/** Takes a provider's word for a payment, after its signature was verified, in the idempotent step three. */
@Injectable()
export class PaymentNotifyService {
  constructor(
    private readonly notifications: NotificationService,
    private readonly attempts: PaymentAttemptRepository,
    private readonly attemptService: PaymentAttemptService,
  ) {}

  receive(code: string, accountId: string, raw: RawNotification): Promise<NotificationAnswer> {
    return this.notifications.receive(code, accountId, raw, (account, notification) =>
      this.take(account, notification),
    )
  }

  private async take(
    account: ChannelAccount,
    notification: ChannelNotification,
  ): Promise<string | null> {
    if (notification.kind !== 'order') return 'not_about_an_order'
    const attempt = await this.attempts.findByOrderNo(account, notification.order_no)
    if (attempt?.channel_account_id !== account.id) return 'no_such_order'
    const isBelieved = await this.attemptService.apply(attempt, account, notification.state)
    return isBelieved ? null : 'not_believed'
  }
}
