import { z } from 'zod'
import { tableFilters } from '../../infra/http/table-filter.js'
import {
  Amount,
  AmountOrZero,
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
import { amountDue } from './bill.rules.js'
import { BILL_STATUSES } from './bill.state.js'
import type { BillRow } from './bill.types.js'

const Status = z.enum(BILL_STATUSES)
const Title = Text(100).describe("What the payer reads; the fee item's name unless said.")
const Expiry = Timestamp.describe(
  "Not payable from then on; the end of the fee item's window unless said.",
)
const OutBillNo = OutNumber.describe('Your own number of the bill; unique per app and mode.')

export const BillLine = z
  .strictObject({ description: Text(200), amount: Amount })
  .meta({ id: 'BillLine' })
const Lines = z.array(BillLine).max(100).describe('What the amount is made of.')

export const CreateBill = z
  .strictObject({
    payer: Id('payer').describe('Who owes.'),
    fee_item: Id('item').describe('What for.'),
    out_bill_no: OutBillNo,
    amount: Amount,
    currency: CollectedCurrency.optional().describe("The fee item's."),
    title: Title.optional(),
    lines: Lines.optional().describe('If given, they add up to the amount.'),
    expires_at: Expiry.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'CreateBill' })
export type CreateBill = z.infer<typeof CreateBill>

export const UpdateBill = z
  .strictObject({
    expires_at: Timestamp.nullable()
      .optional()
      .describe('Extends the bill, and reopens it when it has expired; null: it never expires.'),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdateBill' })
export type UpdateBill = z.infer<typeof UpdateBill>

export const Bill = z
  .object({
    ...objectFields('bill', 'bill'),
    payer: Id('payer'),
    fee_item: Id('item'),
    department: Id('dept').describe('Who charges, and is paid.'),
    out_bill_no: OutBillNo,
    title: Title,
    currency: Currency,
    amount: Amount,
    amount_paid: AmountOrZero,
    amount_refunded: AmountOrZero,
    amount_due: AmountOrZero.describe('amount − amount_paid + amount_refunded.'),
    status: Status,
    lines: Lines,
    expires_at: Expiry.nullable(),
    updated_at: Timestamp,
  })
  .meta({ id: 'Bill' })
export type Bill = z.infer<typeof Bill>

export const BillListQuery = listQuery('bill', {
  payer: Id('payer').optional(),
  fee_item: Id('item').optional(),
  status: Status.optional(),
  out_bill_no: OutBillNo.optional(),
  ...tableFilters,
})
export type BillListQuery = z.infer<typeof BillListQuery>

export const BillList = listOf(Bill).meta({ id: 'BillList' })
export type BillList = z.infer<typeof BillList>

export function toWireBill(row: BillRow): Bill {
  return {
    id: row.id,
    object: 'bill',
    livemode: row.livemode,
    payer: row.payer_id,
    fee_item: row.fee_item_id,
    department: row.department_id,
    out_bill_no: row.out_bill_no,
    title: row.title,
    currency: row.currency,
    amount: wireAmount(row.amount),
    amount_paid: wireAmount(row.amount_paid),
    amount_refunded: wireAmount(row.amount_refunded),
    amount_due: wireAmount(amountDue(row)),
    status: Status.parse(row.status),
    lines: Lines.parse(row.lines),
    expires_at: wireTimeOrNull(row.expires_at),
    created_at: wireTime(row.created_at),
    updated_at: wireTime(row.updated_at),
    metadata: wireMetadata(row.metadata),
  }
}
