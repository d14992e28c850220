import type { NewEvent } from '../../infra/outbox/event.js'
import { toWireWallet } from './wallet.schema.js'
import { MOVEMENTS, type WalletRow, type WalletTransactionRow } from './wallet.types.js'
import { toWireTransaction } from './wallet-transaction.schema.js'

export type WalletEventType =
  | 'wallet.opened'
  | 'wallet.frozen'
  | 'wallet.unfrozen'
  | 'wallet.closed'

/** Tells the app that opened the wallet what it has become. */
export function walletEvent(
  type: WalletEventType,
  wallet: WalletRow,
  apiVersion: string,
): NewEvent {
  const { institution_id, livemode, app_id } = wallet
  return {
    ...{ institution_id, livemode, app_id, type },
    api_version: apiVersion,
    object: toWireWallet(wallet),
  }
}

/** Tells the app that opened the wallet what moved it. */
export function movementEvent(
  wallet: WalletRow,
  transaction: WalletTransactionRow,
  apiVersion: string,
): NewEvent {
  const { institution_id, livemode, app_id } = wallet
  return {
    ...{ institution_id, livemode, app_id, type: MOVEMENTS[transaction.kind].event },
    api_version: apiVersion,
    object: toWireTransaction(transaction),
  }
}
