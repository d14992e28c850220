export const WALLET_ORDER_STATUSES = ['waiting', 'paid', 'refused', 'closed', 'expired'] as const
export type WalletOrderStatus = (typeof WALLET_ORDER_STATUSES)[number]

export const WALLET_ORDER_TRIGGERS = ['charge', 'refuse', 'close', 'expire'] as const
export type WalletOrderTrigger = (typeof WALLET_ORDER_TRIGGERS)[number]

/** The only place that says how an order of the campus card may move. A missing entry means "refuse". */
export const WALLET_ORDER_TRANSITIONS: Record<
  WalletOrderStatus,
  Partial<Record<WalletOrderTrigger, WalletOrderStatus>>
> = {
  waiting: { charge: 'paid', refuse: 'refused', close: 'closed', expire: 'expired' },
  paid: {},
  refused: {},
  closed: {},
  expired: {},
}
