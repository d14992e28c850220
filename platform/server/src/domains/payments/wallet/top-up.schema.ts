import { z } from 'zod'
import { Amount, Metadata, OutNumber, Text, Timestamp } from '../../../infra/http/wire.schema.js'
import { CHANNEL_CODES, CHANNEL_METHODS } from '../../channels/channel.port.js'
import { ReturnUrl } from '../payment.schema.js'

export const CreateTopUp = z
  .strictObject({
    out_trade_no: OutNumber,
    amount: Amount,
    subject: Text(120).optional().describe('What the payer reads; the wallet’s name when absent.'),
    channel: z
      .enum(CHANNEL_CODES)
      .optional()
      .describe('Any but campus_card. Without it the payer chooses at the cashier.'),
    method: z.enum(CHANNEL_METHODS).optional(),
    expires_at: Timestamp.optional().describe('1 minute to 7 days ahead; 30 minutes when absent.'),
    return_url: ReturnUrl.optional(),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'CreateTopUp' })
export type CreateTopUp = z.infer<typeof CreateTopUp>
