import { splitByWeight } from '../../kernel/allocation.js'
import type { RevenueShare } from '../bills/fee-item.types.js'
import type { PaymentSplit, SplitTakenBack } from './payment.types.js'

/**
 * Who gets how much of a part of a payment, by the split of its fee item: largest remainder, ties to the
 * department named first. Computed once, when the payment is made, and stored: that is what is booked, and
 * what refunds take back.
 */
export function splitsOf(amount: bigint, split: readonly RevenueShare[]): PaymentSplit[] {
  const parts = splitByWeight(
    split.length === 0 ? 0n : amount,
    split.map(({ share }) => BigInt(share)),
  )
  return split.map(({ department, share }, position) => ({
    position,
    department_id: department,
    share,
    amount: parts[position] ?? 0n,
    amount_refunded: 0n,
  }))
}

/**
 * From whom a refund takes so much of a part back: in proportion to what each department still has of it.
 * Not by the shares again: the largest remainder is not monotone, so the sum of several refunds could take
 * more from a department than it got. Of what is left, nobody can lose more than they have, and the last
 * refund takes exactly the rest.
 */
export function takeBack(amount: bigint, splits: readonly PaymentSplit[]): SplitTakenBack[] {
  const taken = splitByWeight(
    amount,
    splits.map((split) => split.amount - split.amount_refunded),
  )
  return splits
    .map(({ position, department_id }, index) => ({
      position,
      department_id,
      amount: taken[index] ?? 0n,
    }))
    .filter((part) => part.amount > 0n)
}
