import type { Caller } from '../../infra/http/caller.js'
import { statusOnceExtended } from './bill.rules.js'
import type { CreateBill, UpdateBill } from './bill.schema.js'
import type { BillStatus } from './bill.state.js'
import type { BillRow, CollectableBill } from './bill.types.js'
import type { FeeItemRow } from './fee-item.types.js'

/** Absent stays absent, null stays null. */
function momentOf(text: string | null | undefined): Date | null | undefined {
  return typeof text === 'string' ? new Date(text) : text
}

const FIRST_STATUS: BillStatus = 'open'

/** A bill as the caller asks for it; what is left out comes from the fee item. */
export function newBill(
  caller: Caller,
  id: string,
  body: CreateBill,
  feeItem: FeeItemRow,
  now: Date,
): BillRow & { readonly lines: readonly { readonly amount: number }[] } {
  const { institution_id, livemode, app_id } = caller
  return {
    institution_id,
    livemode,
    id,
    app_id,
    department_id: feeItem.department_id,
    payer_id: body.payer,
    fee_item_id: feeItem.id,
    out_bill_no: body.out_bill_no,
    title: body.title ?? feeItem.name,
    currency: body.currency ?? feeItem.currency,
    amount: BigInt(body.amount),
    amount_paid: 0n,
    amount_refunded: 0n,
    amount_reserved: 0n,
    status: FIRST_STATUS,
    lines: body.lines ?? [],
    expires_at: momentOf(body.expires_at) ?? feeItem.window_ends_at,
    metadata: body.metadata ?? {},
    created_at: now,
    updated_at: now,
  }
}

/** A create's body in the words of a row, to be compared with one. */
export function createdAs(body: CreateBill): Readonly<Record<string, unknown>> {
  const { payer, fee_item, expires_at, ...rest } = body
  return { ...rest, payer_id: payer, fee_item_id: fee_item, expires_at: momentOf(expires_at) }
}

/** The expiry that an update moves the bill to; undefined when it says none or the one there is. */
export function newExpiryOf(row: BillRow, body: UpdateBill): Date | null | undefined {
  const given = momentOf(body.expires_at)
  return given?.getTime() === row.expires_at?.getTime() ? undefined : given
}

/** Lays the given fields over the row; a moved expiry reopens what has expired. */
export function changedBill(
  row: BillRow,
  given: {
    readonly metadata: Record<string, string> | undefined
    readonly expires_at: Date | null | undefined
  },
  now: Date,
): BillRow {
  const isExtended = given.expires_at !== undefined
  return {
    ...row,
    status: (isExtended ? statusOnceExtended(row) : null) ?? row.status,
    expires_at: given.expires_at === undefined ? row.expires_at : given.expires_at,
    metadata: given.metadata ?? row.metadata,
    updated_at: now,
  }
}

export function collectable(
  row: BillRow,
  amount: bigint,
  channels: readonly string[],
): CollectableBill {
  const { id, app_id, department_id, payer_id, fee_item_id, title, currency } = row
  const owners = { app_id, department_id, payer_id, fee_item_id }
  return { bill_id: id, amount, ...owners, title, currency, channels }
}
