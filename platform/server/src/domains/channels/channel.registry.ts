import type { z } from 'zod'
import { assert } from '../../kernel/assert.js'
import { type Clock, systemClock } from '../../kernel/clock.js'
import { AbcChannel } from './abc/abc.channel.js'
import { NewAbcSettings } from './abc/abc.settings.js'
import type { SettingsView } from './accounts/channel-account.types.js'
import { viewOfSettings } from './accounts/channel-settings-view.rules.js'
import { AlipayChannel } from './alipay/alipay.channel.js'
import { AlipaySettings } from './alipay/alipay.settings.js'
import { CampusCardSettings } from './campus-card/campus-card.settings.js'
import { CashSettings } from './cash/cash.settings.js'
import { ChannelError, type ChannelErrorCode } from './channel.errors.js'
import { CHANNEL_CODES, type Channel, type ChannelCode } from './channel.port.js'
import { parseChannelSettings } from './channel-settings.rules.js'
import { ObservedChannel } from './health/channel.observer.js'
import { ChannelWatchService } from './health/channel-watch.service.js'
import { UnionpayChannel } from './unionpay/unionpay.channel.js'
import { UnionpaySettings } from './unionpay/unionpay.settings.js'
import { WechatpayChannel } from './wechatpay/wechatpay.channel.js'
import { WechatpaySettings } from './wechatpay/wechatpay.settings.js'

interface RegisteredChannel {
  readonly channel: Channel | undefined
  /** What an account of this channel must say about itself. */
  readonly settings: z.ZodType
}

/** Channels that are this platform’s own: they work on its database, so they are built by the module. */
export interface InHouseChannels {
  readonly campus_card: Channel
  readonly cash: Channel
}

/** Signatures are made and checked in real time, whatever the clock of the business says. */
export interface ChannelClocks {
  readonly wire: Clock
  readonly business: Clock
}

/** Code → channel: the only place in the system that tells channels apart. */
export class ChannelRegistry {
  private readonly registered: Readonly<Record<ChannelCode, RegisteredChannel>>
  private readonly observed = new Map<ChannelCode, Channel>()

  /**
   * Without channels of the house only providers can be spoken to, which is enough to read settings.
   * Without a watcher, as in tests of one channel, nobody keeps count of how its calls end.
   */
  constructor(
    inHouse: Partial<InHouseChannels> = {},
    private readonly watcher?: ChannelWatchService,
    { wire, business }: ChannelClocks = { wire: systemClock, business: systemClock },
  ) {
    const clocks = { clock: wire, businessClock: business }
    this.registered = {
      wechatpay: { channel: new WechatpayChannel(clocks), settings: WechatpaySettings },
      alipay: { channel: new AlipayChannel({ clock: wire }), settings: AlipaySettings },
      unionpay: { channel: new UnionpayChannel(clocks), settings: UnionpaySettings },
      abc: { channel: new AbcChannel(), settings: NewAbcSettings },
      campus_card: { channel: inHouse.campus_card, settings: CampusCardSettings },
      cash: { channel: inHouse.cash, settings: CashSettings },
    }
  }

  of(code: ChannelCode): Channel {
    const known = this.observed.get(code)
    if (known) return known
    const { channel } = this.registered[code]
    assert(channel, `the channel ${code} was not given to this registry`)
    const observed = this.watcher ? new ObservedChannel(channel, this.watcher) : channel
    this.observed.set(code, observed)
    return observed
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

  /** Throws `channel_account_invalid`, or the code that is given, naming every wrong setting. */
  parseSettings(
    code: ChannelCode,
    settings: unknown,
    accountName: string,
    errorCode?: ChannelErrorCode,
  ): unknown {
    return parseChannelSettings(this.registered[code].settings, settings, accountName, errorCode)
  }

  /** What of settings may be shown to whoever looks after the account. */
  viewOfSettings(code: ChannelCode, settings: unknown): SettingsView {
    return viewOfSettings(settings, this.registered[code].settings)
  }
}
