import { z } from 'zod'
import { CHANNEL_CODES, CHANNEL_METHODS } from '../channels/channel.port.js'
import { NOTIFY_BEHAVIOURS, PLAY_ACTIONS } from './simulators/simulator-play.js'

export const SimulatePayment = z
  .strictObject({
    action: z
      .enum(PLAY_ACTIONS)
      .describe(
        'What the payer does: pays (also a closed order, as a late success), refuses, or walks away.',
      ),
    notify: z
      .enum(NOTIFY_BEHAVIOURS)
      .default('normal')
      .describe(
        'What becomes of the channel’s notification; reordered: it comes after the next event’s.',
      ),
    channel: z
      .enum(CHANNEL_CODES)
      .optional()
      .describe('The channel the payer chooses for a payment that has none yet; wechatpay.'),
    method: z.enum(CHANNEL_METHODS).optional().describe('And the method; the channel’s first.'),
  })
  .meta({ id: 'SimulatePayment' })
export type SimulatePayment = z.infer<typeof SimulatePayment>
