import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import type { Payment, PaymentAttempt } from './payment.types.js'

@Injectable()
export class LateSuccessRepository {
  async insert(
    tx: Transaction,
    id: string,
    payment: Payment,
    attempt: PaymentAttempt,
    transactionNo: string,
  ): Promise<void> {
    await tx.query(
      `insert into late_successes (institution_id, livemode, id, payment_id, attempt_id, kind, currency,
         amount, channel_transaction_no, channel_refund_no, status, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'posted', now(), now())`,
      [
        payment.institution_id,
        payment.livemode,
        id,
        payment.id,
        attempt.id,
        payment.status === 'succeeded' ? 'duplicate' : 'late',
        attempt.currency,
        attempt.amount,
        transactionNo,
        // The number the channel will know the refund by: the id without its prefix.
        id.slice('late_'.length).toUpperCase(),
      ],
    )
  }
}
