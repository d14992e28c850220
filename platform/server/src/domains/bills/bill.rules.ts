import type { BillRefusal } from './bill.errors.js'
import { type BillStatus, moveOf, PAYABLE_STATUSES } from './bill.state.js'
import type { BillRow, CollectionRules } from './bill.types.js'

type Amounts = Pick<BillRow, 'amount' | 'amount_paid' | 'amount_refunded' | 'amount_reserved'>

/** What is still owed: what was given back is owed again. */
export function amountDue(bill: Omit<Amounts, 'amount_reserved'>): bigint {
  return bill.amount - bill.amount_paid + bill.amount_refunded
}

export type BillToCollect = Amounts & Pick<BillRow, 'id' | 'status' | 'expires_at'>

/** Whether so much of a bill may be collected now. To act on it, hold the bill's lock. */
export function refusalToCollect(
  bill: BillToCollect,
  rules: Omit<CollectionRules, 'channels'>,
  amount: bigint,
  now: Date,
): BillRefusal | null {
  const notPayable = refusalToPay(bill, now)
  if (notPayable) return notPayable
  const due = amountDue(bill)
  const free = due - bill.amount_reserved
  if (amount > free) {
    const held =
      bill.amount_reserved > 0n
        ? `, of which ${bill.amount_reserved} held by payments in progress`
        : ''
    const message = `Bill ${bill.id}: ${amount} is more than can be paid; due is ${due}${held}.`
    return { code: 'bill_overpaid', message }
  }
  if (amount === due) return null
  if (!rules.partial_payment_allowed) {
    const message = `Bill ${bill.id} can't be paid in parts: pay the ${due} that is due.`
    return { code: 'bill_partial_not_allowed', message }
  }
  if (amount < rules.partial_payment_minimum && amount !== free) {
    const minimum = rules.partial_payment_minimum
    const message = `Bill ${bill.id}: a part is at least ${minimum}, or all the ${free} that is left.`
    return { code: 'bill_below_minimum', message }
  }
  return null
}

function refusalToPay(bill: BillToCollect, now: Date): BillRefusal | null {
  const code = 'bill_not_payable'
  if (!PAYABLE_STATUSES.some((status) => status === bill.status)) {
    return { code, message: `Bill ${bill.id} is ${bill.status}: nothing can be paid on it.` }
  }
  if (bill.expires_at && bill.expires_at <= now) {
    const expired = bill.expires_at.toISOString()
    return { code, message: `Bill ${bill.id} expired at ${expired}: extend it to have it paid.` }
  }
  return null
}

/** What a new bill must keep to, beyond its fee item being open. */
export function refusalOfNewBill(
  bill: {
    readonly amount: bigint
    readonly currency: string
    readonly lines: readonly { readonly amount: number }[]
    readonly expires_at: Date | null
  },
  feeItemCurrency: string,
  now: Date,
): BillRefusal | null {
  if (bill.currency !== feeItemCurrency) {
    const message = `The bill is in ${bill.currency}, but its fee item is in ${feeItemCurrency}.`
    return { code: 'bill_currency_mismatch', message, pointer: '/currency' }
  }
  const total = bill.lines.reduce((sum, line) => sum + BigInt(line.amount), 0n)
  if (bill.lines.length > 0 && total !== bill.amount) {
    const message = `The lines add up to ${total}, but the bill's amount is ${bill.amount}.`
    return { code: 'bill_lines_mismatch', message, pointer: '/lines' }
  }
  return refusalOfExpiry(bill.expires_at, now)
}

export function refusalOfExpiry(expiresAt: Date | null, now: Date): BillRefusal | null {
  if (expiresAt === null || expiresAt > now) return null
  const message = `expires_at must be in the future; ${expiresAt.toISOString()} has passed.`
  return { code: 'bill_expiry_invalid', message, pointer: '/expires_at' }
}

/** Only an open bill is voided, and only when nobody has begun to pay it. */
export function refusalToVoid(
  bill: Pick<BillRow, 'id' | 'status' | 'amount_reserved'>,
): BillRefusal | null {
  if (bill.amount_reserved > 0n) {
    const message = `Bill ${bill.id} is being paid: wait for the payment to end, or close it first.`
    return { code: 'bill_being_paid', message }
  }
  if (moveOf('voided').from.some((status) => status === bill.status)) return null
  const message = `Bill ${bill.id} is ${bill.status}: only an open bill can be voided.`
  return { code: 'bill_not_voidable', message }
}

/** Why a bill's expiry can't be moved, if so. Paid and void bills are over. */
export function refusalToExtend(
  bill: Pick<BillRow, 'id' | 'status' | 'amount_paid'>,
  expiresAt: Date | null,
  now: Date,
): BillRefusal | null {
  if (statusOnceExtended(bill) === null) {
    const message = `Bill ${bill.id} is ${bill.status}: its expiry can't be moved any more.`
    return { code: 'bill_not_extendable', message, pointer: '/expires_at' }
  }
  return refusalOfExpiry(expiresAt, now)
}

/** Open again, or partially paid again; null: it can't be extended. */
export function statusOnceExtended(
  bill: Pick<BillRow, 'status' | 'amount_paid'>,
): BillStatus | null {
  const { from, to } = moveOf(bill.amount_paid > 0n ? 'extended_part_paid' : 'extended_unpaid')
  return from.some((status) => status === bill.status) ? to : null
}
