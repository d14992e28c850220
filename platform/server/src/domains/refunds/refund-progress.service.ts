import { Inject, Injectable, Logger } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { addJob } from '../../infra/jobs/jobs.js'
import { reportSecurityEvent } from '../../infra/logging/security-log.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import type { RefundState } from '../channels/channel.port.js'
import { IdentityService } from '../identity/identity.service.js'
import { LedgerService } from '../ledger/ledger.service.js'
import { PaymentRefundsService } from '../payments/payment-refunds.service.js'
import { ChannelRefundService, type RefundOrder, refundOrderOf } from './channel-refund.service.js'
import { refundEvent } from './refund.events.js'
import { RefundRepository } from './refund.repository.js'
import { begunAt, judgeAnswer, type RefundVerdict, refundPosting } from './refund.rules.js'
import { isOpen, type RefundStatus, statusAfterAnswer } from './refund.state.js'
import type { RefundCase, RefundRow } from './refund.types.js'
import { isGivenUp, refundPollJob, SENDING_MS_MAX } from './refund-poll.rules.js'
import { RefundWalletService } from './refund-wallet.service.js'

const TRIGGERS = {
  confirmed: 'confirmed',
  refused: 'refused',
  undecided: null,
  contradiction: null,
} as const satisfies Record<RefundVerdict['kind'], 'confirmed' | 'refused' | null>

/** What an answer does to a refund, and the version in which its app hears of it. */
interface Move {
  readonly verdict: RefundVerdict
  readonly status: RefundStatus
  readonly apiVersion: string
}

/** Steps 2 and 3 of a refund (domain.md, "Calling a channel"), for whoever has news or wants some. */
@Injectable()
export class RefundProgressService {
  private readonly logger = new Logger('Refunds')

  constructor(
    private readonly database: Database,
    private readonly refunds: RefundRepository,
    private readonly channel: ChannelRefundService,
    private readonly payments: PaymentRefundsService,
    private readonly ledger: LedgerService,
    private readonly identity: IdentityService,
    private readonly wallets: RefundWalletService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The first call for a refund that was just recorded. Never throws: the refund is durable, so the caller
   * hears where it stands, and the poll job brings on whatever went wrong here.
   */
  async start(opened: RefundCase): Promise<RefundRow> {
    try {
      return await this.recordAnswer(opened, await this.channel.send(orderOf(opened)))
    } catch (error) {
      this.logger.error({ err: error, refund: opened.refund.id }, 'the poll job will go on')
      return opened.refund
    }
  }

  /** For those who know only its id: a counter. Null when there is no such refund. */
  find(tenant: Tenant, refundId: string): Promise<RefundCase | null> {
    return this.refunds.findCase(tenant, refundId)
  }

  /** Asks the channel what became of a refund; a refund that never reached it is sent under its number. */
  async poll(tenant: Tenant, refundId: string): Promise<void> {
    const known = await this.refunds.findCase(tenant, refundId)
    if (!known || !isOpen(known.refund.status)) return
    const now = this.clock.now()
    if (isGivenUp(begunAt(known.refund), now)) {
      const message = 'the channel has not decided for 30 days: somebody must look'
      this.logger.error({ refund: refundId }, message)
      return
    }
    if (await this.scheduleNext(known.refund)) {
      await this.recordAnswer(known, await this.ask(known))
    }
  }

  /**
   * Step 3, the same for the first answer, a query and a notification, in any order and any number of
   * times. Answers the refund as it is afterwards.
   */
  async recordAnswer(known: RefundCase, state: RefundState): Promise<RefundRow> {
    const { id, institution_id, app_id } = known.refund
    const verdict = judgeAnswer(orderOf(known).expected, state)
    if (verdict.kind === 'contradiction') {
      reportSecurityEvent('channel_disagrees', { refund: id, reason: 'refund_differs' })
    }
    // Looked up before the transaction: inside, it would need a second connection while holding one.
    const apiVersion = await this.identity.apiVersionOf(institution_id, app_id)
    return this.database.transaction(async (tx) => {
      const refund = await this.refunds.lock(tx, known.refund)
      const status = statusAfterAnswer(refund.status, TRIGGERS[verdict.kind])
      if (status) {
        return this.apply(tx, { ...known, refund }, { verdict, status, apiVersion })
      }
      this.warnOfLateNews(refund, verdict)
      return refund
    })
  }

  private async ask(known: RefundCase): Promise<RefundState> {
    const state = await this.channel.query(orderOf(known))
    if (state.kind !== 'not_found') return state
    const now = this.clock.now()
    const before = new Date(now.getTime() - SENDING_MS_MAX)
    const isMine = await this.refunds.claimSending(known.refund, now, before)
    return isMine ? this.channel.send(orderOf(known)) : state
  }

  /** The next question is queued before this one is asked: whatever dies in between, somebody asks again. */
  private scheduleNext(refund: RefundRow): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const queryCount = await this.refunds.countQuery(tx, refund)
      if (queryCount === null) return false
      await addJob(tx, refundPollJob(refund, queryCount))
      return true
    })
  }

  /** The refund, its payment and bills, the ledger and the app all hear of it, or none does. */
  private async apply(
    tx: Transaction,
    { refund, ...known }: RefundCase,
    { verdict, status, apiVersion }: Move,
  ): Promise<RefundRow> {
    const updated_at = this.clock.now()
    if (verdict.kind === 'confirmed') {
      const { succeeded_at } = verdict
      const moved = await this.refunds.move(tx, refund, { status, updated_at, succeeded_at })
      const { payment_id, amount, items } = moved
      await this.payments.settle(tx, moved, payment_id, amount, items, apiVersion)
      const time_zone = await this.identity.timeZoneOf(moved.institution_id, tx)
      await this.wallets.settle(tx, { ...known, refund: moved })
      const posting = refundPosting({ ...known, refund: moved }, succeeded_at)
      await this.ledger.post(tx, { ...posting, time_zone })
      await appendEvents(tx, [refundEvent('refund.succeeded', moved, apiVersion)])
      return moved
    }
    if (verdict.kind === 'refused') {
      const failure = { failure_code: verdict.code, failure_message: verdict.message }
      const moved = await this.refunds.move(tx, refund, { status, updated_at, ...failure })
      await this.payments.release(tx, moved, moved.payment_id, moved.amount, moved.items)
      await this.wallets.release(tx, { ...known, refund: moved })
      await appendEvents(tx, [refundEvent('refund.failed', moved, apiVersion)])
      return moved
    }
    return this.refunds.move(tx, refund, { status, updated_at })
  }

  /** A refund that has ended stays as it is; the channel saying the opposite is for people to look at. */
  private warnOfLateNews(refund: RefundRow, verdict: RefundVerdict): void {
    const isOpposite =
      (verdict.kind === 'confirmed' && refund.status !== 'succeeded') ||
      (verdict.kind === 'refused' && refund.status !== 'failed')
    if (!isOpposite) return
    const reason = `${refund.status}_then_${verdict.kind}`
    reportSecurityEvent('channel_disagrees', { refund: refund.id, reason })
  }
}

function orderOf({ refund, order }: RefundCase): RefundOrder {
  return refundOrderOf({ ...refund, created_at: begunAt(refund) }, order, refund.reason ?? '')
}
