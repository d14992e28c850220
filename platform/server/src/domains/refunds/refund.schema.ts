import { z } from 'zod'
import { tableFilters } from '../../infra/http/table-filter.js'
import {
  Amount,
  Currency,
  Failure,
  Id,
  listOf,
  listQuery,
  Metadata,
  OutNumber,
  objectFields,
  Text,
  Timestamp,
  wireAmount,
  wireFailure,
  wireMetadata,
  wireTime,
  wireTimeOrNull,
} from '../../infra/http/wire.schema.js'
import { CHANNEL_CODES } from '../channels/channel.port.js'
import { REFUND_STATUSES } from './refund.state.js'
import type { RefundRow } from './refund.types.js'

const Status = z.enum(REFUND_STATUSES).describe('Where the refund stands.')

export const CreateRefund = z
  .strictObject({
    payment: Id('pay').describe('The payment to give back.'),
    out_refund_no: OutNumber,
    amount: Amount.optional().describe('Minor units (fen). Absent: all that is left.'),
    items: z
      .array(z.strictObject({ bill: Id('bill'), amount: Amount }))
      .min(1)
      .max(100)
      .optional()
      .describe('How much of which bill. Absent: the last bills of the payment first.'),
    reason: Text(80).optional().describe('Shown to the payer by the channel.'),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'CreateRefund' })
export type CreateRefund = z.infer<typeof CreateRefund>

export const RejectRefund = z
  .strictObject({ reason: Text(200).describe('Why not; shown to whoever asked for it.') })
  .meta({ id: 'RejectRefund' })
export type RejectRefund = z.infer<typeof RejectRefund>

const Approval = z
  .object({
    status: z.enum(['awaiting', 'approved', 'rejected']),
    requested_by: z.string().max(64).nullable().describe('The credential that asked for it.'),
    decided_by: z.string().max(64).nullable().describe('Another credential, which decided.'),
    decided_at: Timestamp.nullable(),
    reason: z.string().max(200).nullable(),
  })
  .meta({ id: 'RefundApproval' })

export const Refund = z
  .object({
    ...objectFields('ref', 'refund'),
    payment: Id('pay'),
    department: Id('dept'),
    out_refund_no: OutNumber,
    amount: Amount,
    currency: Currency,
    reason: z.string().max(80).nullable(),
    status: Status,
    approval: Approval.nullable().describe('Null: it needs no second person.'),
    failure: Failure.nullable().describe('Why it failed; null while it has not.'),
    items: z
      .array(z.object({ bill: Id('bill').nullable(), department: Id('dept'), amount: Amount }))
      .max(100)
      .describe('What it gives back of which bill; `bill` is null for a direct amount.'),
    succeeded_at: Timestamp.nullable().describe('When the channel gave the money back.'),
  })
  .meta({ id: 'Refund' })
export type Refund = z.infer<typeof Refund>

export const RefundListQuery = listQuery('ref', {
  payment: Id('pay').optional(),
  status: Status.optional(),
  out_refund_no: OutNumber.optional(),
  channel: z.enum(CHANNEL_CODES).optional().describe('By which the money came.'),
  payer: Id('payer').optional().describe('Who owed what the payment collected.'),
  ...tableFilters,
})
export type RefundListQuery = z.infer<typeof RefundListQuery>

export const RefundList = listOf(Refund).meta({ id: 'RefundList' })
export type RefundList = z.infer<typeof RefundList>

export function toWireRefund(row: RefundRow): Refund {
  return {
    id: row.id,
    object: 'refund',
    livemode: row.livemode,
    payment: row.payment_id,
    department: row.department_id,
    out_refund_no: row.out_refund_no,
    amount: wireAmount(row.amount),
    currency: row.currency,
    reason: row.reason,
    status: row.status,
    approval: approvalOf(row),
    failure: wireFailure(row.failure_code, row.failure_message),
    items: row.items.map(({ bill_id, department_id, amount }) => ({
      bill: bill_id,
      department: department_id,
      amount: wireAmount(amount),
    })),
    succeeded_at: wireTimeOrNull(row.succeeded_at),
    created_at: wireTime(row.created_at),
    metadata: wireMetadata(row.metadata),
  }
}

function approvalOf(row: RefundRow): Refund['approval'] {
  const isAwaiting = row.status === 'awaiting_approval'
  if (!isAwaiting && row.decided_by === null) return null
  const isRejected = row.status === 'rejected'
  return {
    status: isAwaiting ? 'awaiting' : isRejected ? 'rejected' : 'approved',
    requested_by: row.requested_by,
    decided_by: row.decided_by,
    decided_at: wireTimeOrNull(row.decided_at),
    reason: row.decision_reason,
  }
}
