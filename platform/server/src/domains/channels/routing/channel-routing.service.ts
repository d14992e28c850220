import { Inject, Injectable } from '@nestjs/common'
import type { Tenant } from '../../../infra/http/caller.js'
import { CLOCK } from '../../../infra/tokens.js'
import { type Clock, systemClock } from '../../../kernel/clock.js'
import { ChannelError } from '../channel.errors.js'
import type { ChannelAccount, ChannelCode } from '../channel.port.js'
import { ChannelAccountRepository } from '../channel-account.repository.js'
import { ChannelAccountService } from '../channel-account.service.js'
import { ExpiringCache } from '../expiring-cache.js'
import { ChannelHealthService } from '../health/channel-health.service.js'
import { ChannelRouteRepository } from './channel-route.repository.js'
import {
  decideRoute,
  type RouteRefusal,
  type RoutingRequest,
  type RoutingTable,
  shareOf,
} from './channel-routing.rules.js'

/** A new account or rule takes effect everywhere within this time. */
const CACHE_LIFETIME_MS = 5_000
const RETRY_AFTER_SECONDS = 5

type StoredTable = Omit<RoutingTable, 'breakers'>

/** A payment that looks for an account. */
export interface RoutedPayment extends Tenant {
  readonly id: string
  readonly department_id: string
  readonly app_id: string
  readonly amount: bigint
}

export interface RoutingWish extends Pick<RoutingRequest, 'channel' | 'method'> {
  /** Asked only when a rule speaks of fee items. */
  readonly feeItemIds: () => Promise<readonly string[]>
}

/** Which account takes a payment. Nothing is written but, rarely, that an order tries an account that was unwell. */
@Injectable()
export class ChannelRoutingService {
  private readonly tables = new ExpiringCache<StoredTable>(systemClock, CACHE_LIFETIME_MS)

  constructor(
    private readonly accountRows: ChannelAccountRepository,
    private readonly routes: ChannelRouteRepository,
    private readonly accounts: ChannelAccountService,
    private readonly health: ChannelHealthService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Opened and checked, before anything is written for the payment.
   * @throws ChannelError channel_account_missing, channel_account_unusable, channel_unavailable
   */
  async account(payment: RoutedPayment, wish: RoutingWish): Promise<ChannelAccount> {
    const table = await this.tableOf(payment)
    const isAboutItems = table.rules.some(({ fee_item_id }) => fee_item_id !== null)
    const request: RoutingRequest = {
      ...{ channel: wish.channel, method: wish.method },
      ...{ department_id: payment.department_id, app_id: payment.app_id, amount: payment.amount },
      fee_item_ids: isAboutItems ? await wish.feeItemIds() : [],
    }
    const breakers = await this.health.of(payment)
    const now = this.clock.now()
    const decision = decideRoute(request, { ...table, breakers }, shareOf(payment.id), now)
    if (decision.kind === 'refused') throw refusal(decision.code, wish.channel, payment.livemode)
    const { institution_id, livemode } = payment
    let broken: unknown
    for (const { account_id, admission } of decision.choices) {
      try {
        // Opened first: an order that tries an unwell account must be one that can be sent.
        const account = await this.accounts.usable(institution_id, livemode, account_id)
        if (admission === 'take' || (await this.health.admit(account))) return account
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error
        broken ??= error
      }
    }
    throw broken ?? refusal('channel_unavailable', wish.channel, livemode)
  }

  /** The channels at which a department can collect at all, well or unwell. */
  async channelsOf(tenant: Tenant & { readonly department_id: string }): Promise<Set<string>> {
    const { accounts } = await this.tableOf(tenant)
    const taking = accounts.filter(
      ({ status, department_id, app_id }) =>
        app_id === null &&
        (status === 'active' || status === 'unverified') &&
        (department_id === null || department_id === tenant.department_id),
    )
    return new Set(taking.map(({ channel }) => channel))
  }

  /** After a change: this process finds it at once. */
  forget(): void {
    this.tables.clear()
  }

  private async tableOf(tenant: Tenant): Promise<StoredTable> {
    const { institution_id, livemode } = tenant
    const table = await this.tables.get(`${institution_id} ${livemode}`, async () => {
      const [accounts, rules] = await Promise.all([
        this.accountRows.findRoutable(tenant),
        this.routes.findAll(tenant),
      ])
      // "None" is not remembered: who has just added the first account wants to use it.
      return accounts.length > 0 ? { accounts, rules } : null
    })
    return table ?? { accounts: [], rules: [] }
  }
}

function refusal(code: RouteRefusal, channel: ChannelCode, livemode: boolean): ChannelError {
  const mode = livemode ? 'live' : 'test'
  switch (code) {
    case 'channel_account_missing':
      return new ChannelError(
        code,
        `There is no ${channel} account in ${mode} mode that takes payments of this department: add one.`,
        { outcome: 'failed' },
      )
    case 'channel_account_unusable':
      return new ChannelError(
        code,
        `The ${channel} account was refused by the provider when it was last tried: correct its settings.`,
        { outcome: 'failed' },
      )
    case 'channel_unavailable':
      return new ChannelError(
        code,
        `${channel} does not answer for now. Nothing was written: try again, or take another channel.`,
        { outcome: 'failed', retryAfterSeconds: RETRY_AFTER_SECONDS },
      )
  }
}
