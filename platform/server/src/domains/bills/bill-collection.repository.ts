// Hot path: plain SQL, one round trip per step.

import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { moveOf, PAYABLE_STATUSES } from './bill.state.js'
import type { BillItem, BillRow, CollectionRules } from './bill.types.js'
import type { FeeItemRow } from './fee-item.types.js'

/** A bill under lock, with its fee item's rules. */
export type LockedBill = BillRow & CollectionRules & Pick<FeeItemRow, 'revenue_split'>

/**
 * The wanted bills, locked in the order of their ids so that two payments of the same bills can't wait
 * for each other. A row that was changed while we waited is seen by the update as it is then; but
 * PostgreSQL evaluates conditions and CHECKs on the row of its snapshot first. So this is only for
 * moves that hold in every snapshot: what this payment holds or has paid is there in each of them.
 */
const LOCKED = `
  wanted as (
    select bill_id, amount from jsonb_to_recordset($3::jsonb) as item(bill_id text, amount bigint)
  ), locked as (
    select bill.id, wanted.amount
      from bills bill
      join wanted on wanted.bill_id = bill.id
     where bill.institution_id = $1 and bill.livemode = $2
     order by bill.id
       for no key update of bill
  )`

/** Money on bills: held, given free, settled, given back. Always inside the payment's own transaction. */
@Injectable()
export class BillCollectionRepository {
  /**
   * The bills as they are now, held until the transaction ends. A statement of its own: only the next
   * one sees for sure what the payments before us did, and may decide on it.
   */
  lock(tx: Transaction, tenant: Tenant, items: readonly BillItem[]): Promise<LockedBill[]> {
    return tx.query<LockedBill>(
      `select bill.*, item.partial_payment_allowed, item.partial_payment_minimum, item.channels,
              item.revenue_split
         from bills bill
         join fee_items item on item.institution_id = $1 and item.livemode = $2
                            and item.id = bill.fee_item_id
        where bill.institution_id = $1 and bill.livemode = $2 and bill.id = any($3)
        order by bill.id
          for no key update of bill`,
      [tenant.institution_id, tenant.livemode, items.map((item) => item.bill_id)],
    )
  }

  /** Adds to what is held of bills that `lock` holds. The payer sees no change, so neither do events. */
  async reserve(tx: Transaction, tenant: Tenant, items: readonly BillItem[]): Promise<void> {
    await tx.query(
      `update bills bill set amount_reserved = bill.amount_reserved + wanted.amount
         from jsonb_to_recordset($3::jsonb) as wanted(bill_id text, amount bigint)
        where bill.institution_id = $1 and bill.livemode = $2 and bill.id = wanted.bill_id`,
      parametersOf(tenant, items),
    )
  }

  /** Gives free what was held. Returns the ids it found held. */
  async release(tx: Transaction, tenant: Tenant, items: readonly BillItem[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `with ${LOCKED}
       update bills bill set amount_reserved = bill.amount_reserved - locked.amount
         from locked
        where bill.institution_id = $1 and bill.livemode = $2 and bill.id = locked.id
          and bill.amount_reserved >= locked.amount
        returning bill.id`,
      parametersOf(tenant, items),
    )
    return rows.map((row) => row.id)
  }

  /** Turns what was held into money paid, and moves the bills. */
  settle(
    tx: Transaction,
    tenant: Tenant,
    items: readonly BillItem[],
    now: Date,
  ): Promise<BillRow[]> {
    return tx.query<BillRow>(
      `with ${LOCKED}
       update bills bill
          set amount_reserved = bill.amount_reserved - locked.amount,
              amount_paid = bill.amount_paid + locked.amount,
              status = case when bill.amount_paid + locked.amount - bill.amount_refunded = bill.amount
                            then $5 else $6 end,
              updated_at = $7
         from locked
        where bill.institution_id = $1 and bill.livemode = $2 and bill.id = locked.id
          and bill.amount_reserved >= locked.amount and bill.status = any($4)
        returning bill.*`,
      [
        ...parametersOf(tenant, items),
        PAYABLE_STATUSES,
        moveOf('fully_settled').to,
        moveOf('part_settled').to,
        now,
      ],
    )
  }

  /** Notes what was given back. The status stays: a refund is no reason to ask for the money again. */
  refund(
    tx: Transaction,
    tenant: Tenant,
    items: readonly BillItem[],
    now: Date,
  ): Promise<BillRow[]> {
    return tx.query<BillRow>(
      `with ${LOCKED}
       update bills bill
          set amount_refunded = bill.amount_refunded + locked.amount, updated_at = $4
         from locked
        where bill.institution_id = $1 and bill.livemode = $2 and bill.id = locked.id
          and bill.amount_refunded + locked.amount <= bill.amount_paid
        returning bill.*`,
      [...parametersOf(tenant, items), now],
    )
  }
}

function parametersOf(tenant: Tenant, items: readonly BillItem[]): unknown[] {
  // Amounts as texts: JSON numbers lose digits beyond 2^53.
  const wanted = items.map((item) => ({ bill_id: item.bill_id, amount: item.amount.toString() }))
  return [tenant.institution_id, tenant.livemode, JSON.stringify(wanted)]
}
