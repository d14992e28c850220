import { z } from 'zod'
import {
  Amount,
  AmountOrZero,
  CollectedCurrency,
  Currency,
  Id,
  listOf,
  listQuery,
  Metadata,
  objectFields,
  Text,
  Timestamp,
  wireAmount,
  wireMetadata,
  wireTime,
  wireTimeOrNull,
} from '../../infra/http/wire.schema.js'
import { PIN_PATTERN } from './wallet.rules.js'
import { WALLET_STATUSES } from './wallet.state.js'
import type { WalletRow } from './wallet.types.js'

const Limit = Amount.nullable().describe('Minor units; null: the institution’s default applies.')
const LimitPerPayment = Limit.describe('What one payment may take at most.')
const LimitPerDay = Limit.describe('What the payments of one business day may take together.')
const Reason = Text(200).describe('For people; the payer may be shown it.')

export const Pin = z
  .string()
  .max(6)
  .regex(PIN_PATTERN, 'must be six digits')
  .describe('Six digits. Stored as an argon2id hash, shown nowhere.')

export const OpenWallet = z
  .strictObject({
    payer: Id('payer').describe('Whose wallet it is. One per payer and currency.'),
    currency: CollectedCurrency.default('CNY'),
    limit_per_payment: LimitPerPayment.default(null),
    limit_per_day: LimitPerDay.default(null),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'OpenWallet' })
export type OpenWallet = z.infer<typeof OpenWallet>

export const UpdateWallet = z
  .strictObject({
    limit_per_payment: LimitPerPayment.optional(),
    limit_per_day: LimitPerDay.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdateWallet' })
export type UpdateWallet = z.infer<typeof UpdateWallet>

export const FreezeWallet = z
  .strictObject({ reason: Reason.optional() })
  .meta({ id: 'FreezeWallet' })
export type FreezeWallet = z.infer<typeof FreezeWallet>

export const SetWalletPin = z.strictObject({ pin: Pin }).meta({ id: 'SetWalletPin' })
export type SetWalletPin = z.infer<typeof SetWalletPin>

export const Wallet = z
  .object({
    ...objectFields('wal', 'wallet'),
    payer: Id('payer'),
    currency: Currency,
    status: z.enum(WALLET_STATUSES),
    balance: AmountOrZero.describe('What the payer can spend.'),
    held: AmountOrZero.describe('Taken from the balance for refunds of top-ups under way.'),
    limit_per_payment: LimitPerPayment,
    limit_per_day: LimitPerDay,
    has_pin: z.boolean().describe('Without a PIN nothing can be paid.'),
    pin_locked_until: Timestamp.nullable().describe('After too many wrong PINs.'),
    frozen_reason: z.string().max(200).nullable(),
    closed_at: Timestamp.nullable(),
  })
  .meta({ id: 'Wallet' })
export type Wallet = z.infer<typeof Wallet>

export const WalletListQuery = listQuery('wal', {
  payer: Id('payer').optional(),
  status: z.enum(WALLET_STATUSES).optional(),
})
export type WalletListQuery = z.infer<typeof WalletListQuery>

export const WalletList = listOf(Wallet).meta({ id: 'WalletList' })

const limitOrNull = (limit: bigint | null) => (limit === null ? null : wireAmount(limit))

export function toWireWallet(row: WalletRow): Wallet {
  return {
    id: row.id,
    object: 'wallet',
    livemode: row.livemode,
    payer: row.payer_id,
    currency: row.currency,
    status: row.status,
    balance: wireAmount(row.balance),
    held: wireAmount(row.held),
    limit_per_payment: limitOrNull(row.limit_per_payment),
    limit_per_day: limitOrNull(row.limit_per_day),
    has_pin: row.pin_hash !== null,
    pin_locked_until: wireTimeOrNull(row.pin_locked_until),
    frozen_reason: row.frozen_reason,
    closed_at: wireTimeOrNull(row.closed_at),
    created_at: wireTime(row.created_at),
    metadata: wireMetadata(row.metadata),
  }
}
