import { Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { ChannelError } from './channel.errors.js'
import { CHANNEL_CODES, type Channel, type ChannelCode } from './channel.port.js'
import { parseChannelSettings } from './channel-settings.rules.js'
import { WechatpayChannel } from './wechatpay/wechatpay.channel.js'
import { WechatpaySettings } from './wechatpay/wechatpay.settings.js'

interface RegisteredChannel {
  readonly channel: Channel
  /** What an account of this channel must say about itself. */
  readonly settings: z.ZodType
}

/** Code → channel: the only place in the system that tells channels apart. */
@Injectable()
export class ChannelRegistry {
  private readonly registered: Readonly<Record<ChannelCode, RegisteredChannel>> = {
    wechatpay: { channel: new WechatpayChannel(), settings: WechatpaySettings },
  }

  of(code: ChannelCode): Channel {
    return this.registered[code].channel
  }

  /** Throws `channel_unknown`. */
  parseCode(text: string): ChannelCode {
    const code = CHANNEL_CODES.find((candidate) => candidate === text)
    if (code) return code
    throw new ChannelError(
      'channel_unknown',
      `there is no channel ${JSON.stringify(text.slice(0, 64))}: choose one of ${CHANNEL_CODES.join(', ')}`,
    )
  }

  /** Throws `channel_account_invalid`, naming every wrong setting. */
  parseSettings(code: ChannelCode, settings: unknown, accountName: string): unknown {
    return parseChannelSettings(this.registered[code].settings, settings, accountName)
  }
}
