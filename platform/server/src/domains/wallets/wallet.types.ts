import type { WalletStatus } from './wallet.state.js'
import type { WalletOrderStatus } from './wallet-order.state.js'

/** A row of `wallets`. */
export interface WalletRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly app_id: string
  readonly payer_id: string
  readonly currency: string
  readonly status: WalletStatus
  readonly balance: bigint
  readonly held: bigint
  readonly limit_per_payment: bigint | null
  readonly limit_per_day: bigint | null
  readonly pin_hash: string | null
  readonly pin_failed_count: number
  readonly pin_locked_until: Date | null
  readonly frozen_reason: string | null
  readonly closed_at: Date | null
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}

/**
 * How each kind of movement changes a wallet, in units of its amount. A refund of a top-up first holds the
 * money, so that it cannot be spent meanwhile; then the money goes back to where it came from, or is
 * released.
 */
export const MOVEMENTS = {
  top_up: { balance: 1n, held: 0n, event: 'wallet.topped_up' },
  top_up_hold: { balance: -1n, held: 1n, event: 'wallet.top_up_refunding' },
  top_up_hold_release: { balance: 1n, held: -1n, event: 'wallet.top_up_refund_failed' },
  top_up_refund: { balance: 0n, held: -1n, event: 'wallet.top_up_refunded' },
  charge: { balance: -1n, held: 0n, event: 'wallet.charged' },
  charge_refund: { balance: 1n, held: 0n, event: 'wallet.refunded' },
} as const
export type MovementKind = keyof typeof MOVEMENTS
export const MOVEMENT_KINDS = [
  'top_up',
  'top_up_hold',
  'top_up_hold_release',
  'top_up_refund',
  'charge',
  'charge_refund',
] as const satisfies readonly MovementKind[]

/** A row of `wallet_transactions`. */
export interface WalletTransactionRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly wallet_id: string
  readonly kind: MovementKind
  readonly source_id: string
  readonly order_no: string | null
  readonly currency: string
  readonly amount: bigint
  readonly balance_change: bigint
  readonly held_change: bigint
  readonly balance_after: bigint
  readonly description: string
  readonly created_at: Date
}

/** A row of `wallet_orders`: what the campus card was asked to pay. */
export interface WalletOrderRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly order_no: string
  readonly channel_account_id: string
  readonly wallet_id: string | null
  readonly currency: string
  readonly amount: bigint
  readonly amount_refunded: bigint
  readonly description: string
  readonly status: WalletOrderStatus
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly transaction_no: string | null
  readonly expires_at: Date
  readonly paid_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** What may be spent at most, minor units. Null: no limit. */
export interface WalletLimits {
  readonly per_payment: bigint | null
  readonly per_day: bigint | null
}
