import type { FeeItemRefusal } from './fee-item.errors.js'
import type { FeeItemRow, RevenueShare } from './fee-item.types.js'

type Rules = Pick<
  FeeItemRow,
  'window_starts_at' | 'window_ends_at' | 'partial_payment_allowed' | 'partial_payment_minimum'
>

/** Whether an item's rules fit together. */
export function refusalOfRules(item: Rules): FeeItemRefusal | null {
  const { window_starts_at: starts, window_ends_at: ends } = item
  if (starts && ends && starts >= ends) {
    return {
      code: 'fee_item_window_invalid',
      message: 'The window must start before it ends.',
      pointer: '/window_ends_at',
    }
  }
  if (item.partial_payment_minimum > 0n && !item.partial_payment_allowed) {
    return {
      code: 'fee_item_partial_invalid',
      message: 'A minimum makes sense only together with allowed: true.',
      pointer: '/partial_payment/minimum',
    }
  }
  return null
}

/** Which departments of a split are none of the institution's: those that are not among `known`. */
export function refusalOfSplit(
  split: readonly RevenueShare[],
  known: ReadonlySet<string>,
): FeeItemRefusal | null {
  const index = split.findIndex(({ department }) => !known.has(department))
  const department = split[index]?.department
  if (department === undefined) return null
  return {
    code: 'fee_item_split_invalid',
    message: `No such department, or it is not of your institution: ${department}.`,
    pointer: `/revenue_split/${index}/department`,
  }
}

/** Whether a new bill may be made for this item now. */
export function refusalToBill(
  item: Pick<FeeItemRow, 'id' | 'status' | 'window_starts_at' | 'window_ends_at'>,
  now: Date,
): FeeItemRefusal | null {
  const pointer = '/fee_item'
  if (item.status !== 'open') {
    return {
      code: 'fee_item_stopped',
      message: `Fee item ${item.id} is stopped: set its status to open to make bills for it.`,
      pointer,
    }
  }
  if (item.window_starts_at && now < item.window_starts_at) {
    const starts = item.window_starts_at.toISOString()
    const message = `Fee item ${item.id} opens at ${starts}: bill then, or move window_starts_at.`
    return { code: 'fee_item_closed', message, pointer }
  }
  if (item.window_ends_at && now >= item.window_ends_at) {
    const ended = item.window_ends_at.toISOString()
    const message = `Fee item ${item.id} closed at ${ended}: move window_ends_at to bill for it.`
    return { code: 'fee_item_closed', message, pointer }
  }
  return null
}
