import type { PaymentItem, RefundItem } from './payment.types.js'
import { takeBack } from './payment-split.rules.js'

/**
 * Which parts of a payment a refund gives back. Without a wish it starts at the last item, so that the
 * bill named first stays paid longest. Null when the wish does not fit.
 */
export function allocateRefund(
  items: readonly PaymentItem[],
  amount: bigint,
  asked: readonly { readonly bill_id: string; readonly amount: bigint }[] | null,
): RefundItem[] | null {
  return asked ? allocateAsAsked(items, amount, asked) : allocateBackwards(items, amount)
}

function allocateAsAsked(
  items: readonly PaymentItem[],
  amount: bigint,
  asked: readonly { readonly bill_id: string; readonly amount: bigint }[],
): RefundItem[] | null {
  const allocated = asked.map((wish) => {
    const item = items.find(({ bill_id }) => bill_id === wish.bill_id)
    return item && wish.amount <= leftOf(item) ? partOf(item, wish.amount) : null
  })
  const isDistinct = new Set(asked.map(({ bill_id }) => bill_id)).size === asked.length
  const total = asked.reduce((sum, wish) => sum + wish.amount, 0n)
  if (!isDistinct || total !== amount || allocated.includes(null)) return null
  return allocated.filter((part) => part !== null)
}

function allocateBackwards(items: readonly PaymentItem[], amount: bigint): RefundItem[] | null {
  const allocated: RefundItem[] = []
  let rest = amount
  for (const item of items.toReversed()) {
    const left = leftOf(item)
    const part = left < rest ? left : rest
    if (part > 0n) allocated.push(partOf(item, part))
    rest -= part
  }
  return rest === 0n ? allocated : null
}

/** `amount_refunded` of an item counts refunds under way as well. */
function leftOf(item: PaymentItem): bigint {
  return item.amount - item.amount_refunded
}

function partOf(item: PaymentItem, amount: bigint): RefundItem {
  const { position, bill_id, department_id, splits } = item
  const part = { position, bill_id, department_id, amount }
  return splits.length === 0 ? part : { ...part, splits: takeBack(amount, splits) }
}
