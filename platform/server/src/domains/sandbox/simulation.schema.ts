import { z } from 'zod'

export const SimulatePayment = z
  .strictObject({
    action: z
      .enum(['pay', 'refuse', 'abandon'])
      .describe(
        'What the payer does: pays (also a closed order, as a late success), refuses, or walks away.',
      ),
    notify: z
      .enum(['normal', 'lost', 'duplicate', 'late'])
      .default('normal')
      .describe('What becomes of the channel’s notification.'),
  })
  .meta({ id: 'SimulatePayment' })
export type SimulatePayment = z.infer<typeof SimulatePayment>
