import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import type { Payment, RefundItem } from './payment.types.js'

/** The refunded and refunding amounts of payments and their items. */
@Injectable()
export class PaymentRefundsRepository {
  async hold(
    tx: Transaction,
    payment: Payment,
    amount: bigint,
    items: readonly RefundItem[],
  ): Promise<void> {
    await change(tx, payment, payment.id, 'amount_refunding = amount_refunding + $4', amount)
    await this.moveItems(tx, payment, payment.id, items, 1n)
  }

  async settle(tx: Transaction, tenant: Tenant, paymentId: string, amount: bigint): Promise<void> {
    const sql = 'amount_refunding = amount_refunding - $4, amount_refunded = amount_refunded + $4'
    await change(tx, tenant, paymentId, sql, amount)
  }

  async release(
    tx: Transaction,
    tenant: Tenant,
    paymentId: string,
    amount: bigint,
    items: readonly RefundItem[],
  ): Promise<void> {
    await change(tx, tenant, paymentId, 'amount_refunding = amount_refunding - $4', amount)
    await this.moveItems(tx, tenant, paymentId, items, -1n)
  }

  private async moveItems(
    tx: Transaction,
    tenant: Tenant,
    paymentId: string,
    items: readonly RefundItem[],
    sign: bigint,
  ): Promise<void> {
    const ofBills = items.filter(({ bill_id }) => bill_id !== null)
    if (ofBills.length === 0) return
    await moveSplits(tx, tenant, paymentId, items, sign)
    await tx.query(
      `update payment_items item set amount_refunded = amount_refunded + part.amount
         from unnest($4::int[], $5::bigint[]) as part(position, amount)
        where item.institution_id = $1 and item.livemode = $2 and item.payment_id = $3
          and item.position = part.position`,
      [
        tenant.institution_id,
        tenant.livemode,
        paymentId,
        ofBills.map(({ position }) => position),
        ofBills.map(({ amount }) => (sign * amount).toString()),
      ],
    )
  }
}

async function moveSplits(
  tx: Transaction,
  tenant: Tenant,
  paymentId: string,
  items: readonly RefundItem[],
  sign: bigint,
): Promise<void> {
  const splits = items.flatMap((item) =>
    (item.splits ?? []).map((split) => ({ ...split, item_position: item.position })),
  )
  if (splits.length === 0) return
  const rows = await tx.query(
    `update payment_splits split set amount_refunded = amount_refunded + part.amount
       from unnest($4::int[], $5::int[], $6::bigint[]) as part(item_position, position, amount)
      where split.institution_id = $1 and split.livemode = $2 and split.payment_id = $3
        and split.item_position = part.item_position and split.position = part.position
      returning split.position`,
    [
      tenant.institution_id,
      tenant.livemode,
      paymentId,
      splits.map(({ item_position }) => item_position),
      splits.map(({ position }) => position),
      splits.map(({ amount }) => sign * amount),
    ],
  )
  assert(
    rows.length === splits.length,
    `the splits of payment ${paymentId} that a refund names exist`,
  )
}

async function change(
  tx: Transaction,
  tenant: Tenant,
  paymentId: string,
  assignment: string,
  amount: bigint,
): Promise<void> {
  const rows = await tx.query(
    `update payments set ${assignment}, updated_at = now()
      where institution_id = $1 and livemode = $2 and id = $3 returning id`,
    [tenant.institution_id, tenant.livemode, paymentId, amount],
  )
  assert(rows.length === 1, `the payment ${paymentId} of a refund exists`)
}
