import { assert } from '../../kernel/assert.js'
import { channelClearing, departmentPayable, payerWallet } from '../ledger/ledger.accounts.js'
import type { LedgerPosting, LedgerPostingEntry } from '../ledger/ledger.types.js'
import type { Payment, PaymentAttempt, PaymentItem } from './payment.types.js'

type PaidPayment = Pick<
  Payment,
  | 'institution_id'
  | 'livemode'
  | 'id'
  | 'subject'
  | 'currency'
  | 'amount'
  | 'department_id'
  | 'wallet_id'
>

/**
 * A payment succeeded: the channel holds the money for us, and we owe it to the departments (domain.md,
 * Ledger). It belongs to the business day on which the payer paid, as on the channel's statement.
 */
export function paymentPosting(
  payment: PaidPayment,
  attempt: Pick<PaymentAttempt, 'channel_account_id'>,
  items: readonly PaymentItem[],
  booked: { readonly posted_at: Date; readonly time_zone: string },
): LedgerPosting {
  const credits = creditsOf(payment, items)
  const total = credits.reduce((sum, { amount }) => sum + amount, 0n)
  assert(total === payment.amount, `payment ${payment.id} is ${payment.amount}, its parts ${total}`)
  return {
    institution_id: payment.institution_id,
    livemode: payment.livemode,
    kind: 'payment',
    source_id: payment.id,
    description: payment.subject,
    currency: payment.currency,
    ...booked,
    entries: [
      {
        account: channelClearing(attempt.channel_account_id),
        direction: 'debit',
        amount: payment.amount,
      },
      ...credits,
    ],
  }
}

/**
 * What a top-up is for is owed to the payer. Otherwise what each department gets: by the split that is frozen
 * with the part, or all of it.
 */
function creditsOf(payment: PaidPayment, items: readonly PaymentItem[]): LedgerPostingEntry[] {
  const { wallet_id, amount: whole } = payment
  if (wallet_id !== null) {
    return [{ account: payerWallet(wallet_id), direction: 'credit', amount: whole }]
  }
  const parts = items.length === 0 ? [payment] : items.flatMap(partsOf)
  return parts
    .filter(({ amount }) => amount > 0n)
    .map(({ department_id, amount }) => ({
      account: departmentPayable(department_id),
      direction: 'credit',
      amount,
    }))
}

function partsOf(item: PaymentItem): readonly Pick<PaymentItem, 'department_id' | 'amount'>[] {
  return item.splits.length > 0 ? item.splits : [item]
}
