import { Injectable, Logger } from '@nestjs/common'
import { isId } from '../../kernel/id.js'
import { ChannelError } from '../channels/channel.errors.js'
import type {
  ChannelAccount,
  ChannelNotification,
  NotificationAnswer,
} from '../channels/channel.port.js'
import { ChannelRegistry } from '../channels/channel.registry.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentAttemptService } from './payment-attempt.service.js'

const UNKNOWN_ACCOUNT: NotificationAnswer = {
  status: 404,
  content_type: 'application/json',
  body: '{"code":"FAIL","message":"no such account"}',
}

interface ReceivedNotification {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly rawBody: Buffer | null
}

/** Takes a provider's word for a payment, after its signature was verified, in the idempotent step three. */
@Injectable()
export class PaymentNotifyService {
  private readonly logger = new Logger('PaymentNotify')

  constructor(
    private readonly registry: ChannelRegistry,
    private readonly accounts: ChannelAccountService,
    private readonly attempts: PaymentAttemptRepository,
    private readonly attemptService: PaymentAttemptService,
  ) {}

  async receive(
    channelCode: string,
    accountId: string,
    received: ReceivedNotification,
  ): Promise<NotificationAnswer> {
    const account = isId(accountId, 'cha')
      ? await this.accounts.findForNotification(accountId)
      : null
    if (account?.channel !== channelCode) return UNKNOWN_ACCOUNT
    const channel = this.registry.of(account.channel)
    const notification = this.read(account, received)
    if (!notification) return channel.refuseNotification('the notification is not acceptable')
    const isRecorded = await this.record(account, notification)
    return isRecorded
      ? channel.acceptNotification()
      : channel.refuseNotification('no such order here, or not this one')
  }

  private read(
    account: ChannelAccount,
    received: ReceivedNotification,
  ): ChannelNotification | null {
    const headers = Object.fromEntries(
      Object.entries(received.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]),
    )
    try {
      const body = received.rawBody ?? Buffer.alloc(0)
      return this.registry.of(account.channel).readNotification(account, { headers, body })
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      // A security event: somebody sends what the provider did not sign. Its content is not logged.
      this.logger.warn({ account: account.id, code: error.code }, 'a notification was refused')
      return null
    }
  }

  private async record(
    account: ChannelAccount,
    notification: ChannelNotification,
  ): Promise<boolean> {
    if (notification.kind !== 'order') return false
    const attempt = await this.attempts.findByOrderNo(account, notification.order_no)
    if (attempt?.channel_account_id !== account.id) return false
    return this.attemptService.apply(attempt, account, notification.state)
  }
}
