// Plain SQL: counters are locked and moved inside the payment's own transaction.
import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { isOfChannel } from './payment-limit.rules.js'
import type { LimitClaim, LimitedPart, LimitUsage } from './payment-limit.types.js'

interface LimitedRow extends Tenant {
  readonly id: string
}

/** What of which limit is used. Always inside the transaction that makes, moves or ends the payment. */
@Injectable()
export class PaymentLimitUsageRepository {
  /**
   * Counts the claims and gives each counter as it is then. Rows are locked in the order of the statement: by
   * limit, day and key. Whoever finds one too high rolls back.
   */
  count(
    tx: Transaction,
    tenant: Tenant,
    businessDate: string,
    claims: readonly LimitClaim[],
  ): Promise<LimitUsage[]> {
    return tx.query<LimitUsage>(
      `insert into payment_limit_usages as usage
         (institution_id, livemode, limit_id, business_date, key, amount, count)
       select $1, $2, claim.limit_id, $3, claim.key, claim.amount, 1
         from jsonb_to_recordset($4::jsonb) as claim(limit_id text, key text, amount bigint)
        order by claim.limit_id collate "C", claim.key collate "C"
       on conflict (institution_id, livemode, limit_id, business_date, key) do update
         set amount = usage.amount + excluded.amount, count = usage.count + 1
       returning limit_id, key, amount, count`,
      [tenant.institution_id, tenant.livemode, businessDate, claimsJson(claims)],
    )
  }

  /** Remembers what the payment counts for, so that the same can be given back. */
  async note(
    tx: Transaction,
    payment: LimitedRow,
    businessDate: string,
    claims: readonly LimitClaim[],
  ): Promise<void> {
    await tx.query(
      `insert into payment_limit_uses
         (institution_id, livemode, payment_id, limit_id, key, business_date, amount, of_channel)
       select $1, $2, $3, claim.limit_id, claim.key, $4, claim.amount, claim.of_channel
         from jsonb_to_recordset($5::jsonb)
           as claim(limit_id text, key text, amount bigint, of_channel boolean)`,
      [payment.institution_id, payment.livemode, payment.id, businessDate, claimsJson(claims)],
    )
  }

  /** Gives back what the payment counted for, or of it what hangs on its channel. Twice is once. */
  async release(tx: Transaction, payment: LimitedRow, what: 'all' | 'of_channel'): Promise<void> {
    await tx.query(
      `with gone as (
         delete from payment_limit_uses
          where institution_id = $1 and livemode = $2 and payment_id = $3 and (of_channel or $4)
         returning limit_id, business_date, key, amount
       ), locked as (
         select usage.limit_id, usage.business_date, usage.key, gone.amount
           from payment_limit_usages usage
           join gone using (limit_id, business_date, key)
          where usage.institution_id = $1 and usage.livemode = $2
          order by usage.limit_id collate "C", usage.business_date, usage.key collate "C"
            for no key update of usage
       )
       update payment_limit_usages usage
          set amount = usage.amount - locked.amount, count = usage.count - 1
         from locked
        where usage.institution_id = $1 and usage.livemode = $2
          and usage.limit_id = locked.limit_id and usage.business_date = locked.business_date
          and usage.key = locked.key`,
      [payment.institution_id, payment.livemode, payment.id, what === 'all'],
    )
  }

  /** The parts of a payment that collects bills; none for a direct amount. */
  parts(tx: Transaction, payment: LimitedRow): Promise<LimitedPart[]> {
    return tx.query<LimitedPart>(
      `select bill.payer_id, bill.fee_item_id, item.department_id, item.amount
         from payment_items item
         join bills bill on bill.institution_id = item.institution_id
                        and bill.livemode = item.livemode and bill.id = item.bill_id
        where item.institution_id = $1 and item.livemode = $2 and item.payment_id = $3`,
      [payment.institution_id, payment.livemode, payment.id],
    )
  }
}

/** Amounts as texts: JSON numbers lose digits beyond 2^53. */
function claimsJson(claims: readonly LimitClaim[]): string {
  return JSON.stringify(
    claims.map(({ limit, key, amount }) => ({
      limit_id: limit.id,
      key,
      amount: amount.toString(),
      of_channel: isOfChannel(limit),
    })),
  )
}
