import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import type { Caller, Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import { BillService } from '../bills/bill.service.js'
import { PaymentError, paymentNotFound } from './payment.errors.js'
import { PaymentRepository } from './payment.repository.js'
import type { Payment, RefundablePayment, RefundItem } from './payment.types.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentRefundsRepository } from './payment-refunds.repository.js'
import { allocateRefund } from './refund-allocation.rules.js'

/** What refunds may do to a payment: hold, settle and free the money that goes back. */
@Injectable()
export class PaymentRefundsService {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly attempts: PaymentAttemptRepository,
    private readonly repository: PaymentRefundsRepository,
    private readonly bills: BillService,
  ) {}

  /** What one payer paid for: see PaymentRepository. */
  idsOfPayer(tenant: Tenant, payerId: string): Promise<string[]> {
    return this.payments.idsOfPayer(tenant, payerId)
  }

  /** What collects a bill of this payer for the caller's app. */
  idsForPayer(caller: Caller, payerId: string): Promise<string[]> {
    return this.payments.idsForPayer(caller, caller.app_id, payerId)
  }

  /**
   * Locks the payment, so that concurrent refunds cannot pass its amount together, and holds the money.
   * `amount` null: all that is left. `items` null: from the last item of the payment backwards.
   * @throws PaymentError payment_not_found, payment_not_refundable, refund_exceeds_payment,
   *   refund_items_invalid
   */
  async reserve(
    tx: Transaction,
    caller: Caller,
    paymentId: string,
    amount: bigint | null,
    items: readonly { readonly bill_id: string; readonly amount: bigint }[] | null,
  ): Promise<{ payment: RefundablePayment; amount: bigint; items: RefundItem[] }> {
    const payment = await this.payments.lock(tx, caller, paymentId)
    if (payment?.app_id !== caller.app_id) throw paymentNotFound(paymentId)
    const attempt = await this.attempts.succeeded(tx, caller, paymentId)
    if (payment.status !== 'succeeded' || !attempt) {
      throw new PaymentError(
        'payment_not_refundable',
        `The payment is ${payment.status}; only a succeeded payment can be refunded.`,
        { outcome: 'failed' },
      )
    }
    assert(attempt.channel_transaction_no, 'a paid order has the number of its transaction')
    const left = payment.amount - payment.amount_refunded - payment.amount_refunding
    const wanted = amount ?? left
    if (wanted > left || wanted <= 0n) throw exceeds(left)
    const allocated = await this.allocate(tx, payment, wanted, items)
    await this.repository.hold(tx, payment, wanted, allocated)
    return {
      payment: {
        id: payment.id,
        app_id: payment.app_id,
        department_id: payment.department_id,
        currency: payment.currency,
        amount: payment.amount,
        wallet_id: payment.wallet_id,
        amount_taken_back: payment.amount_refunded + payment.amount_refunding,
        attempt_id: attempt.id,
        channel: attempt.channel,
        channel_account_id: attempt.channel_account_id,
        channel_order_no: attempt.channel_order_no,
        channel_transaction_no: attempt.channel_transaction_no,
        method: attempt.method,
        placed_at: attempt.created_at,
      },
      amount: wanted,
      items: allocated,
    }
  }

  /** The money went back: what was held is refunded now, also of the bills. */
  async settle(
    tx: Transaction,
    tenant: Tenant,
    paymentId: string,
    amount: bigint,
    items: readonly RefundItem[],
    apiVersion: string,
  ): Promise<void> {
    await this.repository.settle(tx, tenant, paymentId, amount)
    const ofBills = items.flatMap(({ bill_id, amount: part }) =>
      bill_id === null ? [] : [{ bill_id, amount: part }],
    )
    await this.bills.refund(tx, tenant, ofBills, apiVersion)
  }

  /** The refund failed: what was held may be refunded again. */
  async release(
    tx: Transaction,
    tenant: Tenant,
    paymentId: string,
    amount: bigint,
    items: readonly RefundItem[],
  ): Promise<void> {
    await this.repository.release(tx, tenant, paymentId, amount, items)
  }

  private async allocate(
    tx: Transaction,
    payment: Payment,
    amount: bigint,
    asked: readonly { readonly bill_id: string; readonly amount: bigint }[] | null,
  ): Promise<RefundItem[]> {
    const items = await this.payments.items(tx, payment, payment.id)
    if (items.length === 0 && !asked) {
      return [{ position: 0, bill_id: null, department_id: payment.department_id, amount }]
    }
    const allocated = allocateRefund(items, amount, asked)
    if (!allocated) {
      throw new PaymentError(
        'refund_items_invalid',
        'The items must name bills of this payment, add up to the amount, and leave no bill below zero.',
        {
          outcome: 'failed',
          errors: [
            { pointer: '/items', code: 'refund_items_invalid', detail: 'do not fit the payment' },
          ],
        },
      )
    }
    assert(
      allocated.reduce((sum, item) => sum + item.amount, 0n) === amount,
      'a refund is allocated to the fen',
    )
    return allocated
  }
}

function exceeds(left: bigint): PaymentError {
  return new PaymentError(
    'refund_exceeds_payment',
    `At most ${left} is left to refund of this payment; refunds under way count.`,
    { outcome: 'failed' },
  )
}
