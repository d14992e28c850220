import { z } from 'zod'
import {
  Amount,
  AmountOrZero,
  Currency,
  Id,
  listOf,
  listQuery,
  objectFields,
  wireAmount,
  wireTime,
} from '../../infra/http/wire.schema.js'
import { MOVEMENT_KINDS, type WalletTransactionRow } from './wallet.types.js'

const Change = z
  .int()
  .min(Number.MIN_SAFE_INTEGER)
  .max(Number.MAX_SAFE_INTEGER)
  .describe('Minor units, with its sign.')

export const WalletTransaction = z
  .object({
    ...objectFields('wtx', 'wallet_transaction'),
    wallet: Id('wal'),
    kind: z.enum(MOVEMENT_KINDS),
    amount: Amount,
    currency: Currency,
    balance_change: Change,
    held_change: Change,
    balance_after: AmountOrZero,
    source: z
      .string()
      .max(64)
      .describe('The payment, the refund, or the order or refund number at the campus card.'),
    description: z.string().max(200),
  })
  .meta({ id: 'WalletTransaction' })
export type WalletTransaction = z.infer<typeof WalletTransaction>

export const WalletTransactionListQuery = listQuery('wtx', {
  kind: z.enum(MOVEMENT_KINDS).optional(),
})
export type WalletTransactionListQuery = z.infer<typeof WalletTransactionListQuery>

export const WalletTransactionList = listOf(WalletTransaction).meta({ id: 'WalletTransactionList' })

export function toWireTransaction(row: WalletTransactionRow): WalletTransaction {
  return {
    id: row.id,
    object: 'wallet_transaction',
    livemode: row.livemode,
    wallet: row.wallet_id,
    kind: row.kind,
    amount: wireAmount(row.amount),
    currency: row.currency,
    balance_change: wireAmount(row.balance_change),
    held_change: wireAmount(row.held_change),
    balance_after: wireAmount(row.balance_after),
    source: row.source_id,
    description: row.description,
    created_at: wireTime(row.created_at),
    metadata: {},
  }
}
