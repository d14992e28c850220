export const WALLET_STATUSES = ['active', 'frozen', 'closed'] as const
export type WalletStatus = (typeof WALLET_STATUSES)[number]

export const WALLET_TRIGGERS = ['freeze', 'unfreeze', 'close'] as const
export type WalletTrigger = (typeof WALLET_TRIGGERS)[number]

/**
 * The only place that says how a wallet may move. A missing entry means "refuse". A closed wallet is over:
 * its payer gets another one.
 */
export const WALLET_TRANSITIONS: Record<
  WalletStatus,
  Partial<Record<WalletTrigger, WalletStatus>>
> = {
  active: { freeze: 'frozen', close: 'closed' },
  frozen: { unfreeze: 'active', close: 'closed' },
  closed: {},
}
