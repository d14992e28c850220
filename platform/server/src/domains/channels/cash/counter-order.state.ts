import type { CounterOrderStatus } from './counter.types.js'

export const COUNTER_ORDER_TRIGGERS = ['receive', 'close', 'expire'] as const
export type CounterOrderTrigger = (typeof COUNTER_ORDER_TRIGGERS)[number]

/** The only place that says how an order at the counter may move. A missing entry means "refuse". */
export const COUNTER_ORDER_TRANSITIONS: Record<
  CounterOrderStatus,
  Partial<Record<CounterOrderTrigger, CounterOrderStatus>>
> = {
  waiting: { receive: 'paid', close: 'closed', expire: 'expired' },
  paid: {},
  closed: {},
  expired: {},
}
