import { z } from 'zod'
import {
  Amount,
  CollectedCurrency,
  Currency,
  Id,
  listOf,
  listQuery,
  Metadata,
  OutNumber,
  objectFields,
  Text,
  Timestamp,
  wireAmount,
  wireMetadata,
  wireTime,
  wireTimeOrNull,
} from '../../infra/http/wire.schema.js'
import { CHANNEL_CODES } from '../channels/channel.port.js'
import { FEE_ITEM_KINDS, FEE_ITEM_STATUSES, type FeeItemRow } from './fee-item.types.js'

const Kind = z.enum(FEE_ITEM_KINDS).describe('Tuition, or something else.')
const Status = z.enum(FEE_ITEM_STATUSES).describe('stopped: no new bills.')
const Code = OutNumber.describe("Your department's own code of the item; unique per app and mode.")
const Name = Text(100).describe('What the payer reads.')
const WindowStart = Timestamp.describe('No bills before.')
const WindowEnd = Timestamp.describe(
  'No bills from then on; bills expire then unless they say else.',
)
const PartialAllowed = z.boolean().describe('Whether a payer may pay a bill in parts.')
const PartialMinimum = Amount.describe('The least part, except for the rest of a bill.')
const Channels = z
  .array(z.enum(CHANNEL_CODES))
  .max(CHANNEL_CODES.length)
  .refine((codes) => new Set(codes).size === codes.length, 'must not name a channel twice')
  .describe('Channels a payer may use; empty means all.')

const SHARES_MAX = 20
const SHARE_MAX = 1_000_000

const RevenueShare = z
  .strictObject({
    department: Id('dept').describe('A department of your institution.'),
    share: z.int().min(1).max(SHARE_MAX).describe('Its weight, such as basis points of 10000.'),
  })
  .meta({ id: 'RevenueShare' })

/**
 * Largest remainder: each department gets the whole fen of its exact share, the fen left over go one each to
 * the largest remainders, of equal ones to the one named first (kernel/allocation.ts).
 */
export const RevenueSplit = z
  .array(RevenueShare)
  .max(SHARES_MAX)
  .refine(
    (shares) => new Set(shares.map(({ department }) => department)).size === shares.length,
    'must not name a department twice',
  )
  .describe(
    'Who gets which share of what is paid, to the fen by largest remainder, ties to the one named first. Empty: all to your department. Frozen with each payment when it is made.',
  )

export const CreateFeeItem = z
  .strictObject({
    code: Code,
    name: Name,
    kind: Kind,
    currency: CollectedCurrency.optional().describe('CNY unless said.'),
    academic_year: Text(20).optional().describe('Such as 2026-2027.'),
    term: Text(20).optional().describe('Such as 1.'),
    window_starts_at: WindowStart.optional(),
    window_ends_at: WindowEnd.optional(),
    partial_payment: z
      .strictObject({ allowed: PartialAllowed.optional(), minimum: PartialMinimum.optional() })
      .optional()
      .describe('Whether and how a bill may be paid in parts; not at all unless said.'),
    accounting_code: Text(40).optional().describe("The institution's accounting code."),
    channels: Channels.optional(),
    revenue_split: RevenueSplit.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'CreateFeeItem' })
export type CreateFeeItem = z.infer<typeof CreateFeeItem>

export const UpdateFeeItem = z
  .strictObject({
    name: Name.optional(),
    status: Status.optional(),
    window_starts_at: WindowStart.nullable().optional(),
    window_ends_at: WindowEnd.nullable().optional(),
    partial_payment: z
      .strictObject({
        allowed: PartialAllowed.optional(),
        minimum: PartialMinimum.nullable().optional(),
      })
      .optional()
      .describe('What is left out stays as it is.'),
    channels: Channels.optional(),
    revenue_split: RevenueSplit.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdateFeeItem' })
export type UpdateFeeItem = z.infer<typeof UpdateFeeItem>

export const FeeItem = z
  .object({
    ...objectFields('item', 'fee_item'),
    department: Id('dept').describe('Who charges, and is paid.'),
    code: Code,
    name: Name,
    kind: Kind,
    academic_year: z.string().max(20).nullable(),
    term: z.string().max(20).nullable(),
    currency: Currency,
    window_starts_at: WindowStart.nullable(),
    window_ends_at: WindowEnd.nullable(),
    status: Status,
    partial_payment: z
      .object({ allowed: PartialAllowed, minimum: PartialMinimum.nullable() })
      .describe('Whether and how a bill may be paid in parts.'),
    accounting_code: z.string().max(40).nullable(),
    channels: Channels,
    revenue_split: RevenueSplit,
    updated_at: Timestamp,
  })
  .meta({ id: 'FeeItem' })
export type FeeItem = z.infer<typeof FeeItem>

export const FeeItemListQuery = listQuery('item', {
  code: Code.optional(),
  status: Status.optional(),
})
export type FeeItemListQuery = z.infer<typeof FeeItemListQuery>

export const FeeItemList = listOf(FeeItem).meta({ id: 'FeeItemList' })
export type FeeItemList = z.infer<typeof FeeItemList>

export function toWireFeeItem(row: FeeItemRow): FeeItem {
  const minimum = row.partial_payment_minimum
  return {
    id: row.id,
    object: 'fee_item',
    livemode: row.livemode,
    department: row.department_id,
    code: row.code,
    name: row.name,
    kind: Kind.parse(row.kind),
    academic_year: row.academic_year,
    term: row.term,
    currency: row.currency,
    window_starts_at: wireTimeOrNull(row.window_starts_at),
    window_ends_at: wireTimeOrNull(row.window_ends_at),
    status: Status.parse(row.status),
    partial_payment: {
      allowed: row.partial_payment_allowed,
      minimum: minimum === 0n ? null : wireAmount(minimum),
    },
    accounting_code: row.accounting_code,
    channels: Channels.parse(row.channels),
    revenue_split: RevenueSplit.parse(row.revenue_split),
    created_at: wireTime(row.created_at),
    updated_at: wireTime(row.updated_at),
    metadata: wireMetadata(row.metadata),
  }
}
