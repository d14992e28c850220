export const PAYMENT_STATUSES = [
  'created',
  'pending',
  'processing',
  'succeeded',
  'failed',
  'closed',
] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/**
 * placed: the channel took the order. in_doubt: the channel may or may not have taken it. confirmed: the
 * money moved. refused: it surely did not and will not. closed: by the app, or out of time.
 */
export const PAYMENT_TRIGGERS = ['placed', 'in_doubt', 'confirmed', 'refused', 'closed'] as const
export type PaymentTrigger = (typeof PAYMENT_TRIGGERS)[number]

/**
 * The only place that says how a payment may move. A missing entry means "refuse". Nothing leaves a final
 * state: money that arrives after closing becomes a late success (late-success.service.ts), because the
 * app was told that this payment is over.
 */
export const PAYMENT_TRANSITIONS: Record<
  PaymentStatus,
  Partial<Record<PaymentTrigger, PaymentStatus>>
> = {
  created: { placed: 'pending', in_doubt: 'processing', refused: 'failed', closed: 'closed' },
  pending: { confirmed: 'succeeded', refused: 'failed', closed: 'closed', in_doubt: 'processing' },
  processing: { confirmed: 'succeeded', refused: 'failed' },
  succeeded: {},
  failed: {},
  closed: {},
}

/** Statuses in which money may still move for this payment, and bills are held for it. */
export const OPEN_PAYMENT_STATUSES: readonly PaymentStatus[] = ['created', 'pending', 'processing']

/** The next status, or null when the table has no such move. */
export function nextPaymentStatus(
  status: PaymentStatus,
  trigger: PaymentTrigger,
): PaymentStatus | null {
  return PAYMENT_TRANSITIONS[status][trigger] ?? null
}
