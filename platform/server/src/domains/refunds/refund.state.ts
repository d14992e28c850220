export const REFUND_STATUSES = [
  'created',
  'awaiting_approval',
  'approved',
  'rejected',
  'processing',
  'succeeded',
  'failed',
] as const
export type RefundStatus = (typeof REFUND_STATUSES)[number]

export const REFUND_TRIGGERS = [
  'approval_required',
  'approved',
  'rejected',
  'started',
  'confirmed',
  'refused',
] as const
export type RefundTrigger = (typeof REFUND_TRIGGERS)[number]

/** The only place that says how a refund may move. A missing entry means "refuse". */
export const REFUND_TRANSITIONS: Readonly<
  Record<RefundStatus, Readonly<Partial<Record<RefundTrigger, RefundStatus>>>>
> = {
  created: { approval_required: 'awaiting_approval', started: 'processing' },
  awaiting_approval: { approved: 'approved', rejected: 'rejected' },
  approved: { started: 'processing' },
  processing: { confirmed: 'succeeded', refused: 'failed' },
  // The money stayed, or has gone back: from here nothing moves, whatever the channel says later.
  rejected: {},
  succeeded: {},
  failed: {},
}

/** Null: a refund in this status does not move by this trigger. */
export function nextStatus(status: RefundStatus, trigger: RefundTrigger): RefundStatus | null {
  return REFUND_TRANSITIONS[status][trigger] ?? null
}

/**
 * Where an answer of the channel leads; null when it moves nothing. Any answer proves that the call has
 * begun, so a refund that was only created passes through `processing` in the same step.
 */
export function statusAfterAnswer(
  status: RefundStatus,
  trigger: 'confirmed' | 'refused' | null,
): RefundStatus | null {
  const started = nextStatus(status, 'started')
  return trigger === null ? started : nextStatus(started ?? status, trigger)
}

/** The statuses in which the channel is the one to say what happens next. */
export const OPEN_STATUSES: readonly RefundStatus[] = REFUND_STATUSES.filter(
  (status) => statusAfterAnswer(status, 'confirmed') !== null,
)

export function isOpen(status: RefundStatus): boolean {
  return OPEN_STATUSES.includes(status)
}
