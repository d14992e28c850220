import { type ErrorSpec, PlatformError, type PlatformErrorOptions } from '../../kernel/errors.js'

export const WALLET_ERRORS = {
  wallet_not_found: { status: 404, retryable: false },
  wallet_payer_not_found: { status: 404, retryable: false },
  /** The payer has a wallet in this currency, opened with other parameters. */
  wallet_conflict: { status: 409, retryable: false },
  wallet_not_freezable: { status: 409, retryable: false },
  wallet_not_unfreezable: { status: 409, retryable: false },
  wallet_not_closable: { status: 409, retryable: false },
  /** There is money in it, or money on its way back to it. */
  wallet_not_empty: { status: 409, retryable: false },
  wallet_frozen: { status: 409, retryable: false },
  wallet_closed: { status: 409, retryable: false },
  wallet_balance_insufficient: { status: 409, retryable: false },
  wallet_limit_exceeded: { status: 409, retryable: false },
  wallet_currency_differs: { status: 409, retryable: false },
  wallet_pin_weak: { status: 400, retryable: false },
  wallet_pin_missing: { status: 409, retryable: false },
  wallet_pin_wrong: { status: 409, retryable: false },
  wallet_pin_locked: { status: 409, retryable: true },
  wallet_order_not_found: { status: 404, retryable: false },
  /** It is closed, expired or was refused. */
  wallet_order_over: { status: 409, retryable: false },
} as const satisfies Record<string, ErrorSpec>
export type WalletErrorCode = keyof typeof WALLET_ERRORS

export class WalletError extends PlatformError {
  constructor(code: WalletErrorCode, message: string, options?: PlatformErrorOptions) {
    super(code, WALLET_ERRORS[code], message, options)
  }
}

/** The same answer for what does not exist and for what is somebody else's. */
export function walletNotFound(id: string): WalletError {
  return new WalletError('wallet_not_found', `No such wallet, or it is not yours: ${id}.`, {
    outcome: 'failed',
  })
}
