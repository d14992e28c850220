import { PaymentError } from '../payment.errors.js'
import { asksForSame } from '../payment.rules.js'
import type { Payment } from '../payment.types.js'
import type { ChannelChoice } from '../payment-channels.service.js'
import type { CreateTopUp } from './top-up.schema.js'

export const TOP_UP_SUBJECT = '校园卡充值 Wallet top-up'

/** Whether a repeated top-up asks for the payment that is already there. */
export function asksForSameTopUp(existing: Payment, walletId: string, asked: CreateTopUp): boolean {
  if (existing.wallet_id !== walletId) return false
  return asksForSame({ ...existing, wallet_id: null }, { ...asked, currency: existing.currency })
}

/** Stored value does not top up stored value: no money would come in. @throws channel_not_allowed */
export function assertTopUpChannel(
  payment: Pick<Payment, 'wallet_id'>,
  { channel }: ChannelChoice,
): void {
  if (payment.wallet_id === null || channel !== 'campus_card') return
  throw new PaymentError(
    'channel_not_allowed',
    'A wallet cannot be topped up from a wallet: choose another channel.',
    { outcome: 'failed' },
  )
}
