export const CHECKOUT_STATUSES = ['open', 'completed', 'expired', 'cancelled'] as const
export type CheckoutStatus = (typeof CHECKOUT_STATUSES)[number]

export const CHECKOUT_TRIGGERS = ['paid', 'out_of_time', 'cancelled'] as const
export type CheckoutTrigger = (typeof CHECKOUT_TRIGGERS)[number]

/** The only place that says how a checkout may move. A missing entry means "refuse". */
export const CHECKOUT_TRANSITIONS: Record<
  CheckoutStatus,
  Partial<Record<CheckoutTrigger, CheckoutStatus>>
> = {
  open: { paid: 'completed', out_of_time: 'expired', cancelled: 'cancelled' },
  completed: {},
  expired: {},
  cancelled: {},
}
