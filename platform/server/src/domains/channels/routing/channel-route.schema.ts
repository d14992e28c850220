import { z } from 'zod'
import {
  Amount,
  Id,
  listOf,
  listQuery,
  Metadata,
  objectFields,
  Timestamp,
  wireAmount,
  wireMetadata,
  wireTime,
} from '../../../infra/http/wire.schema.js'
import { CHANNEL_METHODS } from '../channel.port.js'
import type { ChannelRouteRow } from './channel-route.types.js'

const Account = Id('cha').describe('The account that takes what matches.')
const Position = z
  .int()
  .min(0)
  .max(10_000)
  .describe(
    'Rules are asked from 0 upwards. Those of one position share what they match by weight.',
  )
const Weight = z.int().min(1).max(1_000).describe('Its part among the rules of its position.')
const FeeItem = Id('item').describe('Payments whose every bill is of this fee item.')
const Least = Amount.describe('Payments of at least this amount.')
const Most = Amount.describe('Payments of at most this amount.')
const Methods = z
  .array(z.enum(CHANNEL_METHODS))
  .max(CHANNEL_METHODS.length)
  .describe(
    'How, and so on which device, the payer meets the channel: native a code to scan, jsapi inside the app, h5 a phone, page a desktop. Empty: all.',
  )

export const CreateChannelRoute = z
  .strictObject({
    account: Account,
    position: Position.default(100),
    weight: Weight.default(1),
    department: Id('dept')
      .optional()
      .describe('Payments of your own department; those of every department when absent.'),
    fee_item: FeeItem.optional(),
    amount_min: Least.optional(),
    amount_max: Most.optional(),
    methods: Methods.default([]),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'CreateChannelRoute' })
export type CreateChannelRoute = z.infer<typeof CreateChannelRoute>

export const UpdateChannelRoute = z
  .strictObject({
    account: Account.optional(),
    position: Position.optional(),
    weight: Weight.optional(),
    fee_item: FeeItem.nullable().optional(),
    amount_min: Least.nullable().optional(),
    amount_max: Most.nullable().optional(),
    methods: Methods.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdateChannelRoute' })
export type UpdateChannelRoute = z.infer<typeof UpdateChannelRoute>

export const ChannelRoute = z
  .object({
    ...objectFields('chr', 'channel_route'),
    account: Account,
    position: Position,
    weight: Weight,
    department: Id('dept').nullable(),
    fee_item: FeeItem.nullable(),
    amount_min: Least.nullable(),
    amount_max: Most.nullable(),
    methods: Methods,
    updated_at: Timestamp,
  })
  .meta({ id: 'ChannelRoute' })
export type ChannelRoute = z.infer<typeof ChannelRoute>

export const DeletedChannelRoute = z
  .object({ id: Id('chr'), object: z.literal('channel_route'), deleted: z.literal(true) })
  .meta({ id: 'DeletedChannelRoute' })
export type DeletedChannelRoute = z.infer<typeof DeletedChannelRoute>

export const ChannelRouteList = listOf(ChannelRoute).meta({ id: 'ChannelRouteList' })

export const ChannelRouteListQuery = listQuery('chr', { account: Id('cha').optional() })
export type ChannelRouteListQuery = z.infer<typeof ChannelRouteListQuery>

export function toWireChannelRoute(row: ChannelRouteRow): ChannelRoute {
  const amount = (minor: bigint | null) => (minor === null ? null : wireAmount(minor))
  return {
    id: row.id,
    object: 'channel_route',
    livemode: row.livemode,
    account: row.account_id,
    position: row.position,
    weight: row.weight,
    department: row.department_id,
    fee_item: row.fee_item_id,
    amount_min: amount(row.amount_min),
    amount_max: amount(row.amount_max),
    methods: Methods.parse(row.methods),
    created_at: wireTime(row.created_at),
    updated_at: wireTime(row.updated_at),
    metadata: wireMetadata(row.metadata),
  }
}
