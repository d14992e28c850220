import { Injectable, Logger } from '@nestjs/common'
import { z } from 'zod'
import { Vault } from '../../infra/crypto/vault.js'
import type { Tenant } from '../../infra/http/caller.js'
import { systemClock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { NOT_CHECKED } from './accounts/channel-account.rules.js'
import type { ChannelAccountRow } from './accounts/channel-account.types.js'
import { ChannelError } from './channel.errors.js'
import type { ChannelAccount, ChannelCode } from './channel.port.js'
import { ChannelRegistry } from './channel.registry.js'
import { ChannelAccountRepository } from './channel-account.repository.js'
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
  /** Absent: it collects for every department. */
  readonly department_id?: string
  /** Absent: it collects for every app. */
  readonly app_id?: string
  /** disabled: no order is ever routed to it. */
  readonly status?: 'active' | 'disabled'
}

type SealedColumns = Pick<ChannelAccountRow, 'settings' | 'view'>

/** Merchant accounts, opened for whoever is about to call a provider. */
@Injectable()
export class ChannelAccountService {
  private readonly logger = new Logger('ChannelAccount')
  private readonly cache = new ExpiringCache<ChannelAccount>(systemClock, CACHE_LIFETIME_MS)

  constructor(
    private readonly accounts: ChannelAccountRepository,
    private readonly registry: ChannelRegistry,
    private readonly vault: Vault,
  ) {}

  /** An account that the platform itself makes and knows to work. Can throw `channel_unknown` and `channel_account_invalid`. */
  async create(input: CreateChannelAccount): Promise<ChannelAccount> {
    const channel = this.registry.parseCode(input.channel)
    const settings = this.registry.parseSettings(channel, input.settings, input.name)
    const { institution_id, livemode, name, merchant_id } = input
    const { department_id = null, app_id = null } = input
    const account = {
      ...{ institution_id, livemode, id: newId('cha'), channel, merchant_id, settings, app_id },
    }
    const now = new Date()
    await this.accounts.insert({
      ...{ institution_id, livemode, id: account.id, channel, name, merchant_id },
      ...{ department_id, app_id },
      ...(await this.sealed(account)),
      ...NOT_CHECKED,
      status: input.status ?? 'active',
      metadata: {},
      created_at: now,
      updated_at: now,
    })
    this.forget()
    return account
  }

  /** Other settings of the same account, for its new orders and for those under way. */
  async changeSettings(account: ChannelAccount, settings: unknown): Promise<void> {
    const { institution_id, livemode, id, channel } = account
    const parsed = this.registry.parseSettings(channel, settings, id)
    const row = await this.accounts.find(institution_id, livemode, id)
    if (!row) throw missing(id)
    const changed = { ...row, ...(await this.sealed({ ...account, settings: parsed })) }
    await this.accounts.save({ ...changed, updated_at: new Date() }, row)
    this.forget()
  }

  /** The institution's newest account that takes orders. Throws `channel_account_missing`, `channel_account_unusable`. */
  async active(
    institutionId: string,
    livemode: boolean,
    channel: ChannelCode,
    appId: string | null = null,
  ): Promise<ChannelAccount> {
    const key = `active ${institutionId} ${livemode} ${channel} ${appId}`
    const account = await this.cache.get(key, () =>
      this.openedOrNull(this.accounts.findActive(institutionId, livemode, channel, appId)),
    )
    if (account) return account
    const mode = livemode ? 'live' : 'test'
    throw new ChannelError(
      'channel_account_missing',
      `the institution has no active ${channel} account in ${mode} mode: add one`,
    )
  }

  /** The account an order was placed with, also when it is disabled. Throws `channel_account_missing`, `channel_account_unusable`. */
  async get(institutionId: string, livemode: boolean, id: string): Promise<ChannelAccount> {
    const account = await this.cache.get(`one ${institutionId} ${livemode} ${id}`, () =>
      this.openedOrNull(this.accounts.find(institutionId, livemode, id)),
    )
    if (account) return account
    throw missing(id)
  }

  /**
   * By id alone, for a provider's notification; null when there is none. A disabled account is
   * found too: money of its last orders may still arrive, and must be booked.
   * Throws `channel_account_unusable`.
   */
  findForNotification(id: string): Promise<ChannelAccount | null> {
    return this.cache.get(`id ${id}`, () => this.openedOrNull(this.accounts.findById(id)))
  }

  /**
   * An account that is about to take a new order, checked against the schema of its channel: what is broken or
   * expired is found before a payment is written. Throws `channel_account_missing`, `channel_account_unusable`.
   */
  async usable(institutionId: string, livemode: boolean, id: string): Promise<ChannelAccount> {
    const account = await this.cache.get(`usable ${institutionId} ${livemode} ${id}`, async () => {
      const opened = await this.get(institutionId, livemode, id)
      try {
        this.registry.parseSettings(opened.channel, opened.settings, id)
      } catch (error) {
        throw unusable(id, error)
      }
      return opened
    })
    if (account) return account
    throw missing(id)
  }

  /** The merchant accounts that are one app's alone, also the disabled ones. Can throw `channel_account_unusable`. */
  async ofApp(tenant: Tenant, appId: string): Promise<ChannelAccount[]> {
    const rows = await this.accounts.findOfApp(tenant, appId)
    return Promise.all(rows.map((row) => this.opened(row)))
  }

  /** An app's own accounts take its new orders, or no more. */
  async setStatusOfApp(
    tenant: Tenant,
    appId: string,
    status: 'active' | 'disabled',
  ): Promise<void> {
    await this.accounts.setStatusOfApp(tenant, appId, status, new Date())
    this.forget()
  }

  /**
   * With its secrets. Whether they fit their channel is not asked here: an order under way must be asked about
   * also when a certificate has expired meanwhile. Throws `channel_account_unusable`.
   */
  async opened(row: ChannelAccountRow): Promise<ChannelAccount> {
    const { institution_id, livemode, id, merchant_id, app_id } = row
    try {
      const channel = this.registry.parseCode(row.channel)
      const settings = await this.unsealed(row)
      return { institution_id, livemode, id, channel, merchant_id, settings, app_id }
    } catch (error) {
      this.logger.error({ err: error, account: id }, 'a channel account does not open')
      throw unusable(id, error)
    }
  }

  /** The settings as they are stored, for changing some of them; empty when they don't open. */
  async settingsOf(row: ChannelAccountRow): Promise<Record<string, unknown>> {
    try {
      return z.record(z.string(), z.unknown()).parse(await this.unsealed(row))
    } catch (error) {
      this.logger.warn({ err: error, account: row.id }, 'broken settings are replaced')
      return {}
    }
  }

  /** What is stored of an account's settings: sealed for its row, and what may be shown of them. */
  async sealed(account: ChannelAccount): Promise<SealedColumns> {
    const { institution_id, id, channel, settings } = account
    return {
      settings: await this.vault.seal(institution_id, context(id), JSON.stringify(settings)),
      view: this.registry.viewOfSettings(channel, settings),
    }
  }

  /** After a change: this process finds it at once, the others within seconds. */
  forget(): void {
    this.cache.clear()
  }

  private async openedOrNull(
    finding: Promise<ChannelAccountRow | null>,
  ): Promise<ChannelAccount | null> {
    const row = await finding
    return row && this.opened(row)
  }

  private async unsealed(row: ChannelAccountRow): Promise<unknown> {
    return JSON.parse(await this.vault.open(row.institution_id, context(row.id), row.settings))
  }
}

function unusable(id: string, cause: unknown): ChannelError {
  const why =
    cause instanceof ChannelError
      ? cause.message
      : 'its sealed settings do not open; enter all of them again'
  return new ChannelError(
    'channel_account_unusable',
    `The channel account ${id} cannot be used: ${why}`,
    { cause },
  )
}

function missing(id: string): ChannelError {
  return new ChannelError('channel_account_missing', `there is no channel account ${id}`)
}

/** Binds the sealed settings to their column and row. */
function context(id: string): string {
  return `channel_accounts.settings:${id}`
}
