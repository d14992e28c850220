import { wireMetadata } from '../../infra/http/wire.schema.js'
import { assert, assertNever } from '../../kernel/assert.js'
import { isSameMoney, type Money } from '../../kernel/money.js'
import type { RefundState } from '../channels/channel.port.js'
import { channelClearing, departmentPayable, walletHold } from '../ledger/ledger.accounts.js'
import type { LedgerPosting } from '../ledger/ledger.types.js'
import type { RefundItem } from '../payments/payment.types.js'
import { RefundError } from './refund.errors.js'
import type { CreateRefund } from './refund.schema.js'
import type { RefundCase, RefundRow } from './refund.types.js'

/** The number the channel knows a refund by: upper-case letters and digits, which every channel takes. */
export function channelRefundNo(refundId: string): string {
  return refundId.slice(refundId.indexOf('_') + 1).toUpperCase()
}

/** When the channel is first asked for the money: one that was approved does not begin before that. */
export function begunAt({ decided_at, created_at }: RefundRow): Date {
  return decided_at ?? created_at
}

/**
 * Whether a second person must agree. What was given back of the payment before counts too, so that
 * nobody gets round the threshold in small steps.
 */
export function needsApproval(
  threshold: bigint | null,
  payment: { readonly amount_taken_back: bigint },
  amount: bigint,
): boolean {
  return threshold !== null && payment.amount_taken_back + amount > threshold
}

/**
 * How much is asked for; null means all that is left. Items without an amount ask for their sum.
 * @throws RefundError refund_items_mismatch, refund_item_repeated
 */
export function amountAsked(body: Pick<CreateRefund, 'amount' | 'items'>): bigint | null {
  const asked = body.amount === undefined ? null : BigInt(body.amount)
  if (!body.items) return asked
  const seen = new Set<string>()
  for (const [index, { bill }] of body.items.entries()) {
    if (seen.has(bill)) {
      const detail = `${bill} occurs twice: name each bill once, with its whole amount.`
      throw invalid('refund_item_repeated', `/items/${index}/bill`, detail)
    }
    seen.add(bill)
  }
  const sum = body.items.reduce((total, { amount }) => total + BigInt(amount), 0n)
  if (asked !== null && asked !== sum) {
    const detail = `The items add up to ${sum}, the amount is ${asked}: leave out one, or make them equal.`
    throw invalid('refund_items_mismatch', '/items', detail)
  }
  return sum
}

function invalid(
  code: 'refund_items_mismatch' | 'refund_item_repeated',
  pointer: string,
  detail: string,
): RefundError {
  return new RefundError(code, detail, {
    outcome: 'failed',
    errors: [{ pointer, code, detail }],
  })
}

/**
 * What a repeated create says otherwise than the refund that has its number; nothing means that it is the
 * same. What the caller leaves out is not compared: "all that is left" was a number when it was first asked.
 */
export function differencesFrom(known: RefundRow, body: CreateRefund): string[] {
  const amount = amountAsked(body)
  const differences: string[] = []
  if (body.payment !== known.payment_id) differences.push('payment')
  if (amount !== null && amount !== known.amount) differences.push('amount')
  if (body.items && !isSameSplit(known, body.items)) differences.push('items')
  if (body.reason !== undefined && body.reason !== known.reason) differences.push('reason')
  if (body.metadata && !isSameMetadata(wireMetadata(known.metadata), body.metadata)) {
    differences.push('metadata')
  }
  return differences
}

function isSameSplit(known: RefundRow, items: NonNullable<CreateRefund['items']>): boolean {
  const amountOf = new Map(items.map(({ bill, amount }) => [bill, BigInt(amount)]))
  return (
    known.items.length === amountOf.size &&
    known.items.every(({ bill_id, amount }) => bill_id && amountOf.get(bill_id) === amount)
  )
}

function isSameMetadata(
  known: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): boolean {
  const keys = Object.keys(given)
  return keys.length === Object.keys(known).length && keys.every((key) => given[key] === known[key])
}

/** What an answer of the channel means once it was compared with what we asked for. */
export type RefundVerdict =
  | { readonly kind: 'confirmed'; readonly succeeded_at: Date }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'undecided' }
  /** It says that money moved, but not the money of this refund: nothing of it is believed. */
  | { readonly kind: 'contradiction'; readonly reason: string }

/** What must be equal before money is believed to have moved. */
export interface ExpectedRefund {
  readonly refund_no: string
  readonly order_no: string
  readonly amount: Money
}

/** Only an explicit success about exactly this refund, or an explicit failure, decides anything. */
export function judgeAnswer(expected: ExpectedRefund, state: RefundState): RefundVerdict {
  switch (state.kind) {
    case 'succeeded':
      if (state.refund_no !== expected.refund_no) return contradiction('refund number')
      if (state.order_no !== expected.order_no) return contradiction('order number')
      if (!isSameMoney(state.amount, expected.amount)) return contradiction('amount')
      return { kind: 'confirmed', succeeded_at: state.succeeded_at }
    case 'failed':
      return { kind: 'refused', code: state.code, message: state.message }
    case 'processing':
    case 'not_found':
    case 'unknown':
      return { kind: 'undecided' }
    default:
      return assertNever(state)
  }
}

function contradiction(what: string): RefundVerdict {
  return { kind: 'contradiction', reason: `the channel confirms another ${what} than ours` }
}

/** The departments that a part was split among give it back; without a split, the one that has it. */
function takenFrom(item: RefundItem): readonly Pick<RefundItem, 'department_id' | 'amount'>[] {
  return item.splits ?? [item]
}

/**
 * Refund succeeded: the departments are owed less, and the channel holds less for us (domain.md, Ledger).
 * It belongs to the business day on which the channel gave the money back, as on the channel's statement.
 */
export function refundPosting(
  { refund, order, wallet_id }: RefundCase,
  succeededAt: Date,
): LedgerPosting {
  const { institution_id, livemode, id, payment_id, currency, amount, items } = refund
  const total = items.reduce((sum, item) => sum + item.amount, 0n)
  assert(total === amount, `the items of refund ${id} add up to ${total}, not to ${amount}`)
  return {
    institution_id,
    livemode,
    kind: 'refund',
    source_id: id,
    description: `Refund of ${payment_id}`,
    currency,
    posted_at: succeededAt,
    entries: [
      ...items.flatMap(takenFrom).map(({ department_id, amount: part }) => ({
        // A top-up is owed to the payer, not to a department; the money was held when the refund was made.
        account: wallet_id ? walletHold(wallet_id) : departmentPayable(department_id),
        direction: 'debit' as const,
        amount: part,
      })),
      { account: channelClearing(order.channel_account_id), direction: 'credit', amount },
    ],
  }
}
