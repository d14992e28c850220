import { Inject, Injectable, Logger } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { addJob } from '../../infra/jobs/jobs.js'
import { reportSecurityEvent } from '../../infra/logging/security-log.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import type { RefundState } from '../channels/channel.port.js'
import { IdentityService } from '../identity/identity.service.js'
import { channelClearing, suspense } from '../ledger/ledger.accounts.js'
import { LedgerService } from '../ledger/ledger.service.js'
import type { LedgerPosting } from '../ledger/ledger.types.js'
import { ChannelRefundService, type RefundOrder, refundOrderOf } from './channel-refund.service.js'
import { LateSuccessRepository } from './late-success.repository.js'
import { judgeAnswer } from './refund.rules.js'
import type { LateSuccessCase } from './refund.types.js'
import { isGivenUp, lateSuccessRefundJob } from './refund-poll.rules.js'

/** What the payer reads beside the money that comes back. */
const REASON = '支付已关闭，款项退回'

/**
 * Gives back money that arrived after its payment had ended, or twice (迟到成功). Until the channel has
 * confirmed it the money stays in suspense, where finance sees it.
 */
@Injectable()
export class LateSuccessRefundService {
  private readonly logger = new Logger('LateSuccesses')

  constructor(
    private readonly database: Database,
    private readonly lateSuccesses: LateSuccessRepository,
    private readonly channel: ChannelRefundService,
    private readonly ledger: LedgerService,
    private readonly identity: IdentityService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /** One try, the same for the first and any later one: ask, and send what the channel doesn't know. */
  async bringOn(tenant: Tenant, id: string, queryCount: number): Promise<void> {
    const known = await this.lateSuccesses.findCase(tenant, id)
    if (known?.late.status !== 'posted') return
    const now = this.clock.now()
    if (isGivenUp(known.late.created_at, now)) {
      this.logger.error({ late_success: id }, 'not refunded for 30 days: somebody must look')
      return
    }
    // The next try is queued before this one: whatever dies in between, somebody tries again.
    await this.database.transaction((tx) =>
      addJob(tx, lateSuccessRefundJob(known.late, queryCount + 1)),
    )
    const order = orderOf(known)
    const state = await this.channel.query(order)
    await this.recordAnswer(
      known,
      state.kind === 'not_found' ? await this.channel.send(order) : state,
    )
  }

  /** Only a confirmation ends it. A refusal is for people to look at, and is asked about again. */
  async recordAnswer(known: LateSuccessCase, state: RefundState): Promise<void> {
    const { late } = known
    const verdict = judgeAnswer(orderOf(known).expected, state)
    if (verdict.kind === 'undecided') return
    if (verdict.kind === 'contradiction') {
      reportSecurityEvent('channel_disagrees', { late_success: late.id, reason: 'refund_differs' })
    }
    if (verdict.kind !== 'confirmed') {
      this.logger.error({ late_success: late.id, verdict }, 'late money did not go back')
      return
    }
    const now = this.clock.now()
    await this.database.transaction(async (tx) => {
      if (!(await this.lateSuccesses.markRefunded(tx, late, now))) return
      const time_zone = await this.identity.timeZoneOf(late.institution_id, tx)
      await this.ledger.post(tx, { ...postingOf(known, verdict.succeeded_at), time_zone })
    })
  }
}

function orderOf({ late, order }: LateSuccessCase): RefundOrder {
  return refundOrderOf(late, order, REASON)
}

/** The reverse of what was booked when the money arrived: suspense against channel clearing. */
function postingOf({ late, order }: LateSuccessCase, succeededAt: Date): LedgerPosting {
  const { institution_id, livemode, id, payment_id, currency, amount } = late
  const account = channelClearing(order.channel_account_id)
  return {
    institution_id,
    livemode,
    kind: 'late_success_refund',
    source_id: id,
    description: `Late money of ${payment_id} given back`,
    currency,
    posted_at: succeededAt,
    entries: [
      { account: suspense(), direction: 'debit', amount },
      { account, direction: 'credit', amount },
    ],
  }
}
