import type { InvariantRule } from './invariant.types.js'

/** Limits count payments that are under way or paid, each exactly once. A part of I5. */
export const LIMIT_USAGE_RULES: readonly InvariantRule[] = [
  {
    name: 'limit_usage_differs',
    sql: `
      select usage.institution_id, usage.livemode, usage.limit_id, usage.business_date::text,
             usage.key, usage.amount, usage.count,
             coalesce(sum(part.amount), 0)::bigint as uses_amount, count(part.payment_id) as uses_count
        from payment_limit_usages as usage
        left join payment_limit_uses as part
          on part.institution_id = usage.institution_id and part.livemode = usage.livemode
         and part.limit_id = usage.limit_id and part.business_date = usage.business_date
         and part.key = usage.key
       group by usage.institution_id, usage.livemode, usage.limit_id, usage.business_date, usage.key,
             usage.amount, usage.count
      having usage.amount <> coalesce(sum(part.amount), 0) or usage.count <> count(part.payment_id)`,
  },
  {
    name: 'limit_counts_unpaid_payment',
    sql: `
      select part.institution_id, part.livemode, part.limit_id, part.key, part.payment_id,
             payment.status, part.amount
        from payment_limit_uses as part
        join payments as payment
          on payment.institution_id = part.institution_id and payment.livemode = part.livemode
         and payment.id = part.payment_id
       where payment.status in ('failed', 'closed') or part.amount > payment.amount`,
  },
]
