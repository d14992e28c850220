import { Injectable, Logger } from '@nestjs/common'
import { AppClocks } from '../../infra/clock/app-clocks.js'
import { reportSecurityEvent } from '../../infra/logging/security-log.js'
import { PlatformError } from '../../kernel/errors.js'
import { isId } from '../../kernel/id.js'
import type {
  Channel,
  ChannelAccount,
  ChannelNotification,
  NotificationAnswer,
  RawNotification,
} from './channel.port.js'
import { ChannelRegistry } from './channel.registry.js'
import { ChannelAccountService } from './channel-account.service.js'

/** The largest real ones are forms with a certificate, about 8 KiB. */
export const NOTIFICATION_BYTES_MAX = 64 * 1024

/** Records what a notification says. Null: it is recorded for good. Otherwise, in a word, why not. */
export type TakeNotification = (
  account: ChannelAccount,
  notification: ChannelNotification,
) => Promise<string | null>

/** What every notification goes through, whatever it tells of. */
@Injectable()
export class NotificationService {
  private readonly logger = new Logger('Notification')

  constructor(
    private readonly registry: ChannelRegistry,
    private readonly accounts: ChannelAccountService,
    private readonly clocks: AppClocks,
  ) {}

  /**
   * Accepted means recorded for good. Whatever cannot be read, believed or recorded is refused in the
   * provider's own words, so that it tells us again. @throws ChannelError channel_unknown
   */
  async receive(
    code: string,
    accountId: string,
    raw: RawNotification,
    take: TakeNotification,
  ): Promise<NotificationAnswer> {
    const channel = this.registry.of(this.registry.parseCode(code))
    try {
      const refusal = await this.read(channel, accountId, raw, take)
      return refusal ? refuse(channel, accountId, refusal) : channel.acceptNotification()
    } catch (error) {
      if (error instanceof PlatformError) return refuse(channel, accountId, error.code)
      this.logger.error({ err: error, channel: channel.code }, 'a notification was not recorded')
      return channel.refuseNotification('try again')
    }
  }

  private async read(
    channel: Channel,
    accountId: string,
    raw: RawNotification,
    take: TakeNotification,
  ): Promise<string | null> {
    if (raw.body.length > NOTIFICATION_BYTES_MAX) return 'too_large'
    const account = isId(accountId, 'cha')
      ? await this.accounts.findForNotification(accountId)
      : null
    if (account?.channel !== channel.code) return 'no_such_account'
    return this.clocks.within(account.app_id, async () =>
      take(account, channel.readNotification(account, raw)),
    )
  }
}

function refuse(channel: Channel, account: string, reason: string): NotificationAnswer {
  reportSecurityEvent('notification_refused', { channel: channel.code, account, reason })
  return channel.refuseNotification(reason)
}
