import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import { addJob } from '../../infra/jobs/jobs.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { newId } from '../../kernel/id.js'
import type { OrderState } from '../channels/channel.port.js'
import { IdentityService } from '../identity/identity.service.js'
import { channelClearing, suspense } from '../ledger/ledger.accounts.js'
import { LedgerService } from '../ledger/ledger.service.js'
import { CashierLinks } from './cashier-link.js'
import { LateSuccessRepository } from './late-success.repository.js'
import { paymentEvent } from './payment.events.js'
import { toWirePayment } from './payment.schema.js'
import type { Payment, PaymentAttempt } from './payment.types.js'

/**
 * Money that arrived after its payment had ended, or a second time (迟到成功). The app was told that the
 * payment is over, so it is not revived: the money is held in suspense and goes back to the payer.
 */
@Injectable()
export class LateSuccessService {
  constructor(
    private readonly repository: LateSuccessRepository,
    private readonly ledger: LedgerService,
    private readonly identity: IdentityService,
    private readonly links: CashierLinks,
  ) {}

  /** Row, posting, event and the job that gives it back: all in the caller's transaction. */
  async book(
    tx: Transaction,
    payment: Payment,
    attempt: PaymentAttempt,
    paid: Extract<OrderState, { kind: 'paid' }>,
  ): Promise<void> {
    const { institution_id, livemode } = payment
    const id = newId('late')
    await this.repository.insert(tx, id, payment, attempt, paid.transaction_no)
    await this.ledger.post(tx, {
      institution_id,
      livemode,
      kind: 'late_success',
      source_id: id,
      description: `Late success of ${payment.id}`,
      currency: attempt.currency,
      posted_at: paid.paid_at,
      time_zone: await this.identity.timeZoneOf(institution_id, tx),
      entries: [
        {
          account: channelClearing(attempt.channel_account_id),
          direction: 'debit',
          amount: attempt.amount,
        },
        { account: suspense(), direction: 'credit', amount: attempt.amount },
      ],
    })
    await this.tell(tx, payment)
    await addJob(tx, {
      name: 'late-success-refund',
      payload: { institution_id, livemode, late_success_id: id },
      key: `late-success-refund:${id}`,
    })
  }

  private async tell(tx: Transaction, payment: Payment): Promise<void> {
    const apiVersion = await this.identity.apiVersionOf(payment.institution_id, payment.app_id, tx)
    const wire = toWirePayment(payment, this.links.urlOf(payment))
    await appendEvents(tx, [paymentEvent('payment.late_success', payment, wire, apiVersion)])
  }
}
