import { z } from 'zod'

/** What the payer does. Paying also works on an order that is closed: the money was on its way. */
export const PLAY_ACTIONS = ['pay', 'refuse', 'abandon'] as const
export type PlayAction = (typeof PLAY_ACTIONS)[number]

/** What becomes of the provider’s notification. `reordered`: it comes after that of the next event. */
export const NOTIFY_BEHAVIOURS = [
  'normal',
  'lost',
  'late',
  'duplicate',
  'reordered',
  'forged',
  'wrong_amount',
  'wrong_merchant',
  'probe',
] as const
export type NotifyBehaviour = (typeof NOTIFY_BEHAVIOURS)[number]

/** What a tester lets the payer do, and what happens to the notification of it. */
export const Play = z.strictObject({
  action: z.enum(PLAY_ACTIONS),
  notify: z.enum(NOTIFY_BEHAVIOURS).default('normal'),
})
export type Play = z.infer<typeof Play>
