import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { addJob } from '../../infra/jobs/jobs.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { isId } from '../../kernel/id.js'
import { IdentityService } from '../identity/identity.service.js'
import { PaymentRefundsService } from '../payments/payment-refunds.service.js'
import { RefundError } from './refund.errors.js'
import { refundEvent } from './refund.events.js'
import { type RefundDecision, RefundRepository } from './refund.repository.js'
import { type Refund, toWireRefund } from './refund.schema.js'
import { nextStatus } from './refund.state.js'
import type { RefundCase, RefundRow } from './refund.types.js'
import { refundPollJob } from './refund-poll.rules.js'
import { RefundProgressService } from './refund-progress.service.js'
import { RefundWalletService } from './refund-wallet.service.js'

/** The second pair of eyes: refunds above a department's threshold wait until another person decides. */
@Injectable()
export class RefundApprovalService {
  constructor(
    private readonly database: Database,
    private readonly refunds: RefundRepository,
    private readonly payments: PaymentRefundsService,
    private readonly progress: RefundProgressService,
    private readonly identity: IdentityService,
    private readonly wallets: RefundWalletService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The refund goes on its way, as one that needed nobody. Approving an approved one again gives it back.
   * @throws RefundError refund_not_found, refund_needs_second_person, refund_not_awaiting_approval
   */
  async approve(caller: Caller, id: string): Promise<Refund> {
    const decided = await this.decide(caller, id, { status: 'approved', reason: null })
    const known = await this.refunds.findCase(caller, id)
    assert(known, `refund ${id} was decided a moment ago`)
    // An answer that found it approved already leaves it to whoever approved it.
    return toWireRefund(decided.isNew ? await this.progress.start(known) : known.refund)
  }

  /**
   * The money stays, and may be asked for again.
   * @throws RefundError refund_not_found, refund_needs_second_person, refund_not_awaiting_approval
   */
  async reject(caller: Caller, id: string, reason: string): Promise<Refund> {
    const decided = await this.decide(caller, id, { status: 'rejected', reason })
    return toWireRefund(decided.refund)
  }

  private async decide(
    caller: Caller,
    id: string,
    { status, reason }: Pick<RefundDecision, 'status' | 'reason'>,
  ): Promise<{ refund: RefundRow; isNew: boolean }> {
    const own = isId(id, 'ref') ? await this.refunds.find(caller, id) : null
    const known = own && (await this.refunds.findCase(caller, id))
    if (!known) {
      throw new RefundError('refund_not_found', `No such refund, or it is not yours: ${id}.`)
    }
    const apiVersion = await this.identity.apiVersionOf(
      known.refund.institution_id,
      known.refund.app_id,
    )
    return this.database.transaction(async (tx) => {
      const locked = await this.refunds.lock(tx, known.refund)
      if (nextStatus(locked.status, status) === null) {
        if (isDecidedSo(locked, caller, status)) return { refund: locked, isNew: false }
        throw new RefundError('refund_not_awaiting_approval', whyNot(locked), { outcome: 'failed' })
      }
      requireSecondPerson(locked, caller)
      const decision = { status, reason, by: caller.actor_id, at: this.clock.now() }
      const refund = await this.refunds.decide(tx, locked, decision)
      await this.follow(tx, { ...known, refund }, apiVersion)
      return { refund, isNew: true }
    })
  }

  /** What belongs to the decision: the job that brings it on, or the money that is free again. */
  private async follow(tx: Transaction, decided: RefundCase, apiVersion: string): Promise<void> {
    const { refund } = decided
    if (refund.status === 'approved') return addJob(tx, refundPollJob(refund, 0))
    await this.payments.release(tx, refund, refund.payment_id, refund.amount, refund.items)
    await this.wallets.release(tx, decided)
    await appendEvents(tx, [refundEvent('refund.rejected', refund, apiVersion)])
  }
}

/** The same decision by the same person, sent again. */
function isDecidedSo(refund: RefundRow, caller: Caller, status: 'approved' | 'rejected'): boolean {
  const isRejected = refund.status === 'rejected'
  return refund.decided_by === caller.actor_id && isRejected === (status === 'rejected')
}

function requireSecondPerson(refund: RefundRow, caller: Caller): void {
  if (refund.requested_by !== caller.actor_id) return
  throw new RefundError(
    'refund_needs_second_person',
    'This credential or person asked for the refund, so another one has to decide about it.',
    { outcome: 'failed' },
  )
}

function whyNot({ status, decided_by }: RefundRow): string {
  return decided_by === null
    ? `The refund is ${status}: it needs no decision.`
    : `The refund is ${status}: somebody has decided about it already.`
}
