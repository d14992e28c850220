import { z } from 'zod'
import {
  Amount,
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
} from '../../../infra/http/wire.schema.js'
import { CHANNEL_CODES } from '../../channels/channel.port.js'
import { LIMIT_DIMENSIONS, LIMIT_STATUSES, type PaymentLimitRow } from './payment-limit.types.js'

const Name = Text(100).describe('For people; a refusal names it.')
const PerPayment = Amount.describe('The most that one payment may be.')
const PerDay = Amount.describe('The most that a business day may collect.')
const CountPerDay = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .describe('The most payments in a business day.')
const Per = z
  .array(z.enum(LIMIT_DIMENSIONS))
  .max(LIMIT_DIMENSIONS.length)
  .refine((all) => new Set(all).size === all.length, 'must not name a thing twice')
  .describe(
    'What is counted apart: ["payer"] gives each payer the whole limit. Empty: all together.',
  )
const Payer = Id('payer').describe('Only what this payer pays.')
const FeeItem = Id('item').describe('Only what is paid for this fee item.')
const Channel = z.enum(CHANNEL_CODES).describe('Only payments through this channel.')
const Status = z.enum(LIMIT_STATUSES)

export const CreatePaymentLimit = z
  .strictObject({
    name: Name,
    department: Id('dept')
      .optional()
      .describe('Only what is paid to your own department; all departments when absent.'),
    payer: Payer.optional(),
    fee_item: FeeItem.optional(),
    channel: Channel.optional(),
    per: Per.default([]),
    currency: CollectedCurrency.default('CNY'),
    amount_per_payment: PerPayment.optional(),
    amount_per_day: PerDay.optional(),
    count_per_day: CountPerDay.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'CreatePaymentLimit' })
export type CreatePaymentLimit = z.infer<typeof CreatePaymentLimit>

export const UpdatePaymentLimit = z
  .strictObject({
    name: Name.optional(),
    amount_per_payment: PerPayment.nullable().optional(),
    amount_per_day: PerDay.nullable().optional(),
    count_per_day: CountPerDay.nullable().optional(),
    status: Status.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdatePaymentLimit' })
export type UpdatePaymentLimit = z.infer<typeof UpdatePaymentLimit>

export const PaymentLimit = z
  .object({
    ...objectFields('lim', 'payment_limit'),
    name: z.string().max(100),
    department: Id('dept').nullable(),
    payer: Payer.nullable(),
    fee_item: FeeItem.nullable(),
    channel: Channel.nullable(),
    per: Per,
    currency: Currency,
    amount_per_payment: PerPayment.nullable(),
    amount_per_day: PerDay.nullable(),
    count_per_day: CountPerDay.nullable(),
    status: Status,
    updated_at: Timestamp,
  })
  .meta({ id: 'PaymentLimit' })
export type PaymentLimit = z.infer<typeof PaymentLimit>

export const PaymentLimitList = listOf(PaymentLimit).meta({ id: 'PaymentLimitList' })

export const PaymentLimitListQuery = listQuery('lim', { status: Status.optional() })
export type PaymentLimitListQuery = z.infer<typeof PaymentLimitListQuery>

export function toWirePaymentLimit(row: PaymentLimitRow): PaymentLimit {
  const amount = (minor: bigint | null) => (minor === null ? null : wireAmount(minor))
  return {
    id: row.id,
    object: 'payment_limit',
    livemode: row.livemode,
    name: row.name,
    department: row.department_id,
    payer: row.payer_id,
    fee_item: row.fee_item_id,
    channel: row.channel === null ? null : Channel.parse(row.channel),
    per: Per.parse(row.per),
    currency: row.currency,
    amount_per_payment: amount(row.amount_per_payment),
    amount_per_day: amount(row.amount_per_day),
    count_per_day: row.count_per_day,
    status: Status.parse(row.status),
    created_at: wireTime(row.created_at),
    updated_at: wireTime(row.updated_at),
    metadata: wireMetadata(row.metadata),
  }
}
