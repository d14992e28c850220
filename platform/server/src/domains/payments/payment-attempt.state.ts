import { type PaymentStatus as AttemptStatus, PAYMENT_STATUSES } from './payment.state.js'

export const ATTEMPT_STATUSES = PAYMENT_STATUSES
export type { AttemptStatus }

/**
 * placed: the channel took the order. in_doubt: it may or may not have. confirmed: the money moved.
 * refused: it surely did not and will not by this order. closed: the order ended unpaid at the channel, or
 * was never sent there.
 */
export const ATTEMPT_TRIGGERS = ['placed', 'in_doubt', 'confirmed', 'refused', 'closed'] as const
export type AttemptTrigger = (typeof ATTEMPT_TRIGGERS)[number]

/**
 * The only place that says how an attempt may move. A missing entry means "refuse". Unlike a payment, an
 * attempt that has ended may still succeed: it is the truth about an order, and channels do pay orders
 * that they called closed. What becomes of that money is decided by the payment.
 */
export const ATTEMPT_TRANSITIONS: Record<
  AttemptStatus,
  Partial<Record<AttemptTrigger, AttemptStatus>>
> = {
  created: {
    placed: 'pending',
    in_doubt: 'processing',
    confirmed: 'succeeded',
    refused: 'failed',
    closed: 'closed',
  },
  pending: { confirmed: 'succeeded', refused: 'failed', closed: 'closed' },
  processing: { confirmed: 'succeeded', refused: 'failed', closed: 'closed' },
  failed: { confirmed: 'succeeded' },
  closed: { confirmed: 'succeeded' },
  succeeded: {},
}

/** Statuses in which the order may still be paid at the channel, so that it is asked about. */
export const OPEN_ATTEMPT_STATUSES: readonly AttemptStatus[] = ['created', 'pending', 'processing']

/** The next status, or null when the table has no such move. */
export function nextAttemptStatus(
  status: AttemptStatus,
  trigger: AttemptTrigger,
): AttemptStatus | null {
  return ATTEMPT_TRANSITIONS[status][trigger] ?? null
}
