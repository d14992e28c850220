import type { NewJob } from '../../infra/jobs/jobs.js'
import { money } from '../../kernel/money.js'
import type { ChannelAccount, OrderPayer, OrderRef, OrderState } from '../channels/channel.port.js'
import { expiryWithin } from './checkout.rules.js'
import type { CreatePayment } from './payment.schema.js'
import type { PaymentStatus } from './payment.state.js'
import type { Payment, PaymentAttempt } from './payment.types.js'

const EXPIRES_DEFAULT_MS = 30 * 60_000

/** When the payment ends by itself; null when what was asked for is too soon or too late. */
export function expiryOf(asked: string | undefined, now: Date): Date | null {
  return expiryWithin(asked, now, EXPIRES_DEFAULT_MS)
}

/**
 * Whether a repeated create asks for the payment that is already there. Absent fields ask nothing; the
 * currency of a checkout's payment is the checkout's.
 */
export function asksForSame(existing: Payment, asked: CreatePayment): boolean {
  const isSame = (wanted: unknown, known: unknown) => wanted === undefined || wanted === known
  return (
    (existing.checkout_id !== null || asked.currency === existing.currency) &&
    isSame(asked.amount, Number(existing.amount)) &&
    isSame(asked.subject, existing.subject) &&
    (asked.checkout ?? null) === existing.checkout_id &&
    // A top-up is asked for in a way of its own: see top-up.rules.ts.
    existing.wallet_id === null &&
    isSame(asked.channel, existing.channel) &&
    isSame(asked.method, existing.method ?? asked.method) &&
    isSame(asked.return_url, existing.return_url) &&
    isSameExpiry(asked.expires_at, existing) &&
    isSameMetadata(asked.metadata, existing.metadata)
  )
}

/** A checkout's payment may end before its time, with the checkout: the wish alone tells nothing then. */
function isSameExpiry(asked: string | undefined, existing: Payment): boolean {
  if (asked === undefined || existing.checkout_id !== null) return true
  return new Date(asked).getTime() === existing.expires_at.getTime()
}

function isSameMetadata(asked: CreatePayment['metadata'], existing: unknown): boolean {
  const wanted = Object.entries(asked)
  if (wanted.length === 0) return true
  const known = new Map(Object.entries(existing ?? {}))
  return wanted.length === known.size && wanted.every(([name, text]) => known.get(name) === text)
}

/** Whether nothing can be paid by any order: none was placed yet, or the last one was given up. */
export function waitsForNoOrder(
  payment: Pick<Payment, 'status' | 'channel' | 'current_attempt_id'>,
): boolean {
  if (payment.status === 'created') return payment.channel === null
  return payment.status === 'pending' && payment.current_attempt_id === null
}

/** What a request says of the person who pays. */
export function orderPayerOf(asked: {
  readonly payer_ip?: string | undefined
  readonly channel_user_id?: string | undefined
}): OrderPayer {
  return { ip: asked.payer_ip ?? null, channel_user_id: asked.channel_user_id ?? null }
}

/**
 * Whether the answers about this order move the payment. Only a pending payment is ever between two orders;
 * any other without a current one was written by the version before, which placed a single order each.
 */
export function isCurrent(
  payment: Pick<Payment, 'status' | 'current_attempt_id'>,
  attempt: Pick<PaymentAttempt, 'id'>,
): boolean {
  if (payment.current_attempt_id === null) return payment.status !== 'pending'
  return payment.current_attempt_id === attempt.id
}

/** An order as its channel knows it. */
export function orderRefOf(attempt: PaymentAttempt): OrderRef {
  return {
    order_no: attempt.channel_order_no,
    method: attempt.method,
    amount: money(attempt.amount, attempt.currency),
    placed_at: attempt.created_at,
  }
}

/** What of a reported success does not fit our row; null when all of it does. */
export function disagreementOf(
  attempt: PaymentAttempt,
  account: ChannelAccount,
  paid: Extract<OrderState, { kind: 'paid' }>,
): string | null {
  if (paid.order_no !== attempt.channel_order_no) return 'order_no'
  if (paid.merchant_id !== account.merchant_id) return 'merchant_id'
  if (paid.amount.currency !== attempt.currency) return 'currency'
  if (paid.amount.minor !== attempt.amount) return 'amount'
  return null
}

export const QUERY_JOB = 'payment-query'

/** The next round of asking about an order. One waits at most: a new one takes the place of the old. */
export function queryJobOf(
  attempt: Pick<PaymentAttempt, 'institution_id' | 'livemode' | 'id'>,
  delayMs: number,
): NewJob {
  const { institution_id, livemode, id } = attempt
  return {
    name: QUERY_JOB,
    payload: { institution_id, livemode, attempt_id: id },
    delayMs,
    key: `${QUERY_JOB}:${id}`,
  }
}

const QUERY_DELAYS_SECONDS = [3, 5, 5, 10, 10, 15, 30]
const QUERY_DELAY_SECONDS_MAX = 30

/** How long to wait before the channel is asked again. Ends only with an answer or the payment's time. */
export function queryDelayMs(queryCount: number): number {
  return (QUERY_DELAYS_SECONDS[queryCount] ?? QUERY_DELAY_SECONDS_MAX) * 1000
}

/** A moment, and how long before it an order that did not arrive is given up (`RECOVERY_GRACE_SECONDS`). */
export interface RecoveryTime {
  readonly now: Date
  readonly graceMs: number
}

/** Whether an order has had its time to arrive: our own call has long given up. */
export function isPastGrace(
  attempt: Pick<PaymentAttempt, 'created_at'>,
  { now, graceMs }: RecoveryTime,
): boolean {
  return now.getTime() - attempt.created_at.getTime() >= graceMs
}

/**
 * An order must not be paid any more when its code never reached the payer, when its time is over, or when
 * its payment no longer waits for it: over, or turned to another order.
 */
export function isUnwanted(
  attempt: Pick<PaymentAttempt, 'status' | 'created_at'>,
  isAwaited: boolean,
  expiresAt: Date,
  time: RecoveryTime,
): boolean {
  switch (attempt.status) {
    case 'created':
      // The answer to our call may still be on its way to us.
      return isPastGrace(attempt, time)
    case 'processing':
      return true
    case 'pending':
      return !isAwaited || time.now >= expiresAt
    case 'succeeded':
    case 'failed':
    case 'closed':
      return false
  }
}

/** An order that the channel took and has forgotten since: over, once nobody can pay it any more. */
export function isForgotten(
  attempt: Pick<PaymentAttempt, 'status'>,
  expiresAt: Date,
  { now, graceMs }: RecoveryTime,
): boolean {
  const isLongOver = now.getTime() - expiresAt.getTime() >= graceMs
  return attempt.status === 'pending' && isLongOver
}

/**
 * Whether a success only moves the payment and books it to its department: no bills to settle, no wallet to
 * credit, no other order to give up, nothing that came before it. Both rows are locked.
 */
export function isPlainSuccess(
  payment: Pick<Payment, 'status' | 'checkout_id' | 'wallet_id' | 'current_attempt_id'>,
  attempt: Pick<PaymentAttempt, 'id' | 'status'>,
): boolean {
  const isUnderWay = (status: PaymentStatus) => status === 'pending' || status === 'processing'
  return (
    isUnderWay(payment.status) &&
    isUnderWay(attempt.status) &&
    payment.checkout_id === null &&
    payment.wallet_id === null &&
    payment.current_attempt_id === attempt.id
  )
}
