import { z } from 'zod'
import { Amount, Id } from '../../infra/http/wire.schema.js'
import { CHANNEL_CODES } from '../channels/channel.port.js'
import { FAULTS, MAGIC_AMOUNTS } from './simulators/simulator-faults.js'

const TIMES_MAX = 1_000
const FAULTS_MAX = 1_000

const FaultName = z.enum(FAULTS).describe('What goes wrong; the sandbox’s page explains each.')
const Times = z
  .int()
  .min(1)
  .max(TIMES_MAX)
  .nullable()
  .describe('How many times it happens; null: until the faults are cleared.')

export const SetFault = z
  .strictObject({
    fault: FaultName,
    channel: z.enum(CHANNEL_CODES).optional().describe('At the account that takes new orders.'),
    channel_account: Id('cha').optional().describe('Or at this account.'),
    payment: Id('pay').optional().describe('Or only for the order placed last for this payment.'),
    times: Times.default(null),
  })
  .refine(
    ({ channel, channel_account, payment }) =>
      [channel, channel_account, payment].filter((target) => target !== undefined).length === 1,
    { path: ['channel'], message: 'name one of channel, channel_account and payment' },
  )
  .meta({ id: 'SetFault' })
export type SetFault = z.infer<typeof SetFault>

export const FaultTarget = z.strictObject({
  channel: z.enum(CHANNEL_CODES).optional().describe('Only of this channel.'),
})
export type FaultTarget = z.infer<typeof FaultTarget>

export const WireFault = z
  .object({
    object: z.literal('fault'),
    livemode: z.literal(false),
    fault: FaultName,
    channel: z.enum(CHANNEL_CODES),
    channel_account: Id('cha'),
    payment: Id('pay').nullable().describe('null: every order of the account.'),
    times: Times,
  })
  .meta({ id: 'Fault' })
export type WireFault = z.infer<typeof WireFault>

export const FaultList = z
  .object({ object: z.literal('list'), data: z.array(WireFault).max(FAULTS_MAX) })
  .meta({ id: 'FaultList' })
export type FaultList = z.infer<typeof FaultList>

export const MagicAmount = z
  .object({
    object: z.literal('magic_amount'),
    amount: Amount,
    currency: z.literal('CNY'),
    fault: FaultName,
    description: z.string().max(200),
  })
  .meta({ id: 'MagicAmount' })
export type MagicAmount = z.infer<typeof MagicAmount>

export const MagicAmountList = z
  .object({ object: z.literal('list'), data: z.array(MagicAmount).max(MAGIC_AMOUNTS.size) })
  .meta({ id: 'MagicAmountList' })
export type MagicAmountList = z.infer<typeof MagicAmountList>
