import { Inject, Injectable } from '@nestjs/common'
import type { Tenant } from '../../../infra/http/caller.js'
import { APP_CLOCK } from '../../../infra/tokens.js'
import { businessDate, type Clock } from '../../../kernel/clock.js'
import { IdentityService } from '../../identity/identity.service.js'
import type { CounterEntryRow } from './counter.types.js'
import { CounterJournalRepository } from './counter-journal.repository.js'

const PAGE = 500

/** The journal of a business day, which is the counter’s statement. */
@Injectable()
export class CounterJournalService {
  constructor(
    private readonly journal: CounterJournalRepository,
    private readonly identity: IdentityService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /** Whether the day is over, so that nothing is added to it any more. */
  async isOver(tenant: Tenant, day: string): Promise<boolean> {
    const timeZone = await this.identity.timeZoneOf(tenant.institution_id)
    return day < businessDate(this.clock.now(), timeZone)
  }

  /** In the order of their numbers, a page at a time. */
  async *entriesOf(
    tenant: Tenant,
    channelAccountId: string,
    day: string,
  ): AsyncGenerator<CounterEntryRow> {
    for (let after = 0; ; ) {
      const page = await this.journal.ofDay(tenant, channelAccountId, day, after, PAGE)
      yield* page
      const last = page.at(-1)
      if (!last || page.length < PAGE) return
      after = last.number
    }
  }
}
