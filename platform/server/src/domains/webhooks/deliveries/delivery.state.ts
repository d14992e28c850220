export const DELIVERY_STATUSES = ['pending', 'delivered', 'exhausted', 'cancelled'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

export const DELIVERY_TRIGGERS = [
  /** The endpoint answered 2xx. */
  'accepted',
  /** Anything else, or no answer; there are tries left. */
  'refused',
  /** The last try failed too. */
  'gave_up',
  /** The endpoint answered 410 Gone and is disabled with it. */
  'gone',
  /** The endpoint was disabled or deleted. */
  'endpoint_closed',
  /** Somebody asked for one more. */
  'resent',
] as const
export type DeliveryTrigger = (typeof DELIVERY_TRIGGERS)[number]

/** The only place that says how a delivery may move. A missing entry means "stays as it is". */
export const DELIVERY_TRANSITIONS: Record<
  DeliveryStatus,
  Partial<Record<DeliveryTrigger, DeliveryStatus>>
> = {
  pending: {
    accepted: 'delivered',
    refused: 'pending',
    gave_up: 'exhausted',
    gone: 'cancelled',
    endpoint_closed: 'cancelled',
    resent: 'pending',
  },
  delivered: { resent: 'pending' },
  exhausted: { resent: 'pending' },
  cancelled: { resent: 'pending' },
}

/** Null: there is no such move. */
export function nextDeliveryStatus(
  status: DeliveryStatus,
  trigger: DeliveryTrigger,
): DeliveryStatus | null {
  return DELIVERY_TRANSITIONS[status][trigger] ?? null
}
