import { z } from 'zod'
import { AMOUNT_MAX } from '../../../kernel/money.js'
import type { WalletLimits } from '../../wallets/wallet.types.js'
import type { ChannelAccount } from '../channel.port.js'
import { parseChannelSettings } from '../channel-settings.rules.js'

const Limit = z.int().min(1).max(Number(AMOUNT_MAX)).nullable().default(null)

/** What an institution says about its campus card: limits in fen for wallets that have none of their own. */
export const CampusCardSettings = z.strictObject({
  limit_per_payment: Limit,
  limit_per_day: Limit,
})
export type CampusCardSettings = z.infer<typeof CampusCardSettings>

/** Throws `channel_account_invalid` when the account's settings fit no schema. */
export function campusCardLimits(account: ChannelAccount): WalletLimits {
  const settings = parseChannelSettings(CampusCardSettings, account.settings, account.id)
  const { limit_per_payment, limit_per_day } = settings
  return {
    per_payment: limit_per_payment === null ? null : BigInt(limit_per_payment),
    per_day: limit_per_day === null ? null : BigInt(limit_per_day),
  }
}
