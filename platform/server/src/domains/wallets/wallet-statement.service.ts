import { Inject, Injectable } from '@nestjs/common'
import type { Tenant } from '../../infra/http/caller.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { businessDate, type Clock } from '../../kernel/clock.js'
import { IdentityService } from '../identity/identity.service.js'
import { type OrderMovement, WalletTransactionRepository } from './wallet-transaction.repository.js'

const PAGE = 500

/** What the campus card says happened on a business day: its charges and what it gave back. */
@Injectable()
export class WalletStatementService {
  constructor(
    private readonly transactions: WalletTransactionRepository,
    private readonly identity: IdentityService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /** Whether the day is over, so that nothing is added to it any more. */
  async isOver(tenant: Tenant, day: string): Promise<boolean> {
    const timeZone = await this.identity.timeZoneOf(tenant.institution_id)
    return day < businessDate(this.clock.now(), timeZone)
  }

  /** In the order in which it happened, a page at a time. */
  async *movementsOf(
    tenant: Tenant,
    channelAccountId: string,
    day: string,
  ): AsyncGenerator<OrderMovement> {
    for (let after = ''; ; ) {
      const page = await this.transactions.ofDay(tenant, channelAccountId, day, after, PAGE)
      yield* page
      const last = page.at(-1)
      if (!last || page.length < PAGE) return
      after = last.id
    }
  }
}
