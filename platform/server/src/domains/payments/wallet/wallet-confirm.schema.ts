import { z } from 'zod'
import { Id } from '../../../infra/http/wire.schema.js'
import { PIN_PATTERN } from '../../wallets/wallet.rules.js'

export const ConfirmWallet = z
  .strictObject({
    pin: z.string().max(6).regex(PIN_PATTERN, 'must be six digits').describe('The wallet’s PIN.'),
    wallet: Id('wal')
      .optional()
      .describe('The wallet that pays. Absent: the one of the payer whose bills are paid.'),
  })
  .meta({ id: 'ConfirmWallet' })
export type ConfirmWallet = z.infer<typeof ConfirmWallet>
