import { Injectable } from '@nestjs/common'
import { Vault } from '../../infra/crypto/vault.js'
import { systemClock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { ChannelError } from './channel.errors.js'
import type { ChannelAccount, ChannelCode } from './channel.port.js'
import { ChannelRegistry } from './channel.registry.js'
import { ChannelAccountRepository, type ChannelAccountRow } from './channel-account.repository.js'
import { ExpiringCache } from './expiring-cache.js'

/** A changed or disabled account takes effect everywhere within this time. */
const CACHE_LIFETIME_MS = 5_000

export interface CreateChannelAccount {
  readonly institution_id: string
  readonly livemode: boolean
  readonly channel: string
  readonly name: string
  readonly merchant_id: string
  readonly settings: unknown
}

@Injectable()
export class ChannelAccountService {
  private readonly cache = new ExpiringCache<ChannelAccount>(systemClock, CACHE_LIFETIME_MS)

  constructor(
    private readonly accounts: ChannelAccountRepository,
    private readonly registry: ChannelRegistry,
    private readonly vault: Vault,
  ) {}

  /** Can throw `channel_unknown` and `channel_account_invalid`. */
  async create(input: CreateChannelAccount): Promise<ChannelAccount> {
    const channel = this.registry.parseCode(input.channel)
    const settings = this.registry.parseSettings(channel, input.settings, input.name)
    const { institution_id, livemode, name, merchant_id } = input
    const id = newId('cha')
    const sealed = await this.vault.seal(institution_id, context(id), JSON.stringify(settings))
    const row = { institution_id, livemode, id, channel, name, merchant_id }
    await this.accounts.insert({ ...row, settings: sealed, status: 'active' })
    this.cache.clear()
    return { institution_id, livemode, id, channel, merchant_id, settings }
  }

  /** Other settings of the same account, for its new orders and for those under way. */
  async changeSettings(account: ChannelAccount, settings: unknown): Promise<void> {
    const { institution_id, id, channel } = account
    const parsed = this.registry.parseSettings(channel, settings, id)
    const sealed = await this.vault.seal(institution_id, context(id), JSON.stringify(parsed))
    await this.accounts.updateSettings(id, sealed)
    this.cache.clear()
  }

  /** The account that takes new orders. Throws `channel_account_missing`. */
  async active(
    institutionId: string,
    livemode: boolean,
    channel: ChannelCode,
  ): Promise<ChannelAccount> {
    const account = await this.cache.get(`active ${institutionId} ${livemode} ${channel}`, () =>
      this.opened(this.accounts.findActive(institutionId, livemode, channel)),
    )
    if (account) return account
    const mode = livemode ? 'live' : 'test'
    throw new ChannelError(
      'channel_account_missing',
      `the institution has no active ${channel} account in ${mode} mode: add one`,
    )
  }

  /** The account an order was placed with, also when it is disabled. Throws `channel_account_missing`. */
  async get(institutionId: string, livemode: boolean, id: string): Promise<ChannelAccount> {
    const account = await this.cache.get(`one ${institutionId} ${livemode} ${id}`, () =>
      this.opened(this.accounts.find(institutionId, livemode, id)),
    )
    if (account) return account
    throw new ChannelError('channel_account_missing', `there is no channel account ${id}`)
  }

  /**
   * By id alone, for a provider's notification; null when there is none. A disabled account is
   * found too: money of its last orders may still arrive, and must be booked.
   */
  findForNotification(id: string): Promise<ChannelAccount | null> {
    return this.cache.get(`id ${id}`, () => this.opened(this.accounts.findById(id)))
  }

  private async opened(finding: Promise<ChannelAccountRow | null>): Promise<ChannelAccount | null> {
    const row = await finding
    if (!row) return null
    const { institution_id, livemode, id, merchant_id } = row
    const channel = this.registry.parseCode(row.channel)
    const text = await this.vault.open(institution_id, context(id), row.settings)
    const settings: unknown = JSON.parse(text)
    return { institution_id, livemode, id, channel, merchant_id, settings }
  }
}

/** Binds the sealed settings to their column and row. */
function context(id: string): string {
  return `channel_accounts.settings:${id}`
}
