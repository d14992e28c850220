import { LIMIT_USAGE_RULES } from './i5-usage.rules.js'
import { WALLET_RULES } from './i5-wallets.invariant.js'
import type { Invariant } from './invariant.types.js'

const UNDER_WAY_REFUND = `('created', 'awaiting_approval', 'approved', 'processing')`
const UNDER_WAY_PAYMENT = `('created', 'pending', 'processing')`

/** Per payment: what was given back for good, and what is under way. */
const REFUNDED = `
  select institution_id, livemode, payment_id,
         coalesce(sum(amount) filter (where status = 'succeeded'), 0) as refunded,
         coalesce(sum(amount) filter (where status in ${UNDER_WAY_REFUND}), 0) as refunding
    from refunds group by institution_id, livemode, payment_id`

/** Each part that a refund gives back. */
const REFUND_ITEMS = `
  select refund.institution_id, refund.livemode, refund.id as refund_id, refund.payment_id,
         refund.status, item ->> 'bill_id' as bill_id, (item ->> 'position')::int as position,
         (item ->> 'amount')::bigint as amount
    from refunds as refund
    cross join lateral jsonb_array_elements(refund.items) as item`

/** What each refund takes back of each department's part. */
const REFUND_SPLITS = `
  select item.institution_id, item.livemode, item.payment_id, item.item_position, item.status,
         (split ->> 'position')::int as position, (split ->> 'amount')::bigint as amount
    from (select refund.institution_id, refund.livemode, refund.payment_id, refund.status,
                 (part ->> 'position')::int as item_position, part -> 'splits' as splits
            from refunds as refund
            cross join lateral jsonb_array_elements(refund.items) as part) as item
    cross join lateral jsonb_array_elements(item.splits) as split`

/** Per bill: what its payments and refunds say it should hold. */
const BILL_SUMS = `
  select institution_id, livemode, bill_id, sum(paid) as paid, sum(reserved) as reserved,
         sum(refunded) as refunded
    from (
      select item.institution_id, item.livemode, item.bill_id,
             case when payment.status = 'succeeded' then item.amount else 0 end as paid,
             case when payment.status in ${UNDER_WAY_PAYMENT} then item.amount else 0 end as reserved,
             0::bigint as refunded
        from payment_items as item
        join payments as payment
          on payment.institution_id = item.institution_id and payment.livemode = item.livemode
         and payment.id = item.payment_id
      union all
      select institution_id, livemode, bill_id, 0, 0, amount
        from (${REFUND_ITEMS}) as item where status = 'succeeded' and bill_id is not null) as part
   group by institution_id, livemode, bill_id`

export const I5_LIMITS: Invariant = {
  id: 'I5',
  title: 'refunds ≤ paid; no bill overpaid, no wallet negative; every sum is what its parts say',
  checkedSql: `select (select count(*) from payments) + (select count(*) from bills)
                    + (select count(*) from wallets) as checked`,
  rules: [
    {
      name: 'payment_refunds_differ',
      sql: `
        select payment.institution_id, payment.livemode, payment.id as payment_id, payment.status,
               payment.amount, payment.amount_refunded, payment.amount_refunding,
               coalesce(sums.refunded, 0)::bigint as refunds_succeeded,
               coalesce(sums.refunding, 0)::bigint as refunds_under_way
          from payments as payment
          left join (${REFUNDED}) as sums
            on sums.institution_id = payment.institution_id and sums.livemode = payment.livemode
           and sums.payment_id = payment.id
         where payment.amount_refunded <> coalesce(sums.refunded, 0)
            or payment.amount_refunding <> coalesce(sums.refunding, 0)
            or coalesce(sums.refunded + sums.refunding, 0) > payment.amount
            or (payment.status <> 'succeeded' and coalesce(sums.refunded + sums.refunding, 0) > 0)`,
    },
    {
      name: 'refund_currency_differs',
      sql: `
        select refund.institution_id, refund.livemode, refund.id as refund_id, refund.currency,
               refund.payment_id, payment.currency as payment_currency
          from refunds as refund
          join payments as payment
            on payment.institution_id = refund.institution_id
           and payment.livemode = refund.livemode and payment.id = refund.payment_id
         where refund.currency <> payment.currency`,
    },
    {
      name: 'refund_parts_differ',
      sql: `
        select refund.institution_id, refund.livemode, refund.id as refund_id, refund.amount,
               sum(item.amount)::bigint as parts
          from refunds as refund
          join (${REFUND_ITEMS}) as item
            on item.institution_id = refund.institution_id and item.livemode = refund.livemode
           and item.refund_id = refund.id
         group by refund.institution_id, refund.livemode, refund.id, refund.amount
        having sum(item.amount) <> refund.amount`,
    },
    {
      name: 'payment_parts_differ',
      sql: `
        select payment.institution_id, payment.livemode, payment.id as payment_id, payment.amount,
               sum(item.amount)::bigint as parts
          from payments as payment
          join payment_items as item
            on item.institution_id = payment.institution_id and item.livemode = payment.livemode
           and item.payment_id = payment.id
         group by payment.institution_id, payment.livemode, payment.id, payment.amount
        having sum(item.amount) <> payment.amount`,
    },
    {
      // At least what was given back, at most that and what is under way.
      name: 'payment_part_refunds_differ',
      sql: `
        select item.institution_id, item.livemode, item.payment_id, item.position, item.bill_id,
               item.amount, item.amount_refunded, coalesce(sums.refunded, 0)::bigint as refunds_succeeded,
               coalesce(sums.refunding, 0)::bigint as refunds_under_way
          from payment_items as item
          left join (
            select institution_id, livemode, payment_id, position,
                   coalesce(sum(amount) filter (where status = 'succeeded'), 0) as refunded,
                   coalesce(sum(amount) filter (where status in ${UNDER_WAY_REFUND}), 0) as refunding
              from (${REFUND_ITEMS}) as part
             group by institution_id, livemode, payment_id, position) as sums
            on sums.institution_id = item.institution_id and sums.livemode = item.livemode
           and sums.payment_id = item.payment_id and sums.position = item.position
         where item.amount_refunded < coalesce(sums.refunded, 0)
            or item.amount_refunded > coalesce(sums.refunded + sums.refunding, 0)
            or coalesce(sums.refunded + sums.refunding, 0) > item.amount`,
    },
    {
      name: 'payment_splits_differ',
      sql: `
        select item.institution_id, item.livemode, item.payment_id, item.position, item.amount,
               sum(split.amount)::bigint as splits
          from payment_items as item
          join payment_splits as split
            on split.institution_id = item.institution_id and split.livemode = item.livemode
           and split.payment_id = item.payment_id and split.item_position = item.position
         group by item.institution_id, item.livemode, item.payment_id, item.position, item.amount
        having sum(split.amount) <> item.amount`,
    },
    {
      // Largest remainder: everybody is less than one unit from their exact share.
      name: 'payment_split_off_its_share',
      sql: `
        select split.institution_id, split.livemode, split.payment_id, split.item_position,
               split.position, split.department_id, split.share, split.amount, whole.shares,
               whole.amount as part
          from payment_splits as split
          join (select institution_id, livemode, payment_id, item_position,
                       sum(share)::bigint as shares, sum(amount)::bigint as amount
                  from payment_splits
                 group by institution_id, livemode, payment_id, item_position) as whole
            on whole.institution_id = split.institution_id and whole.livemode = split.livemode
           and whole.payment_id = split.payment_id and whole.item_position = split.item_position
         where abs(split.amount::numeric * whole.shares - whole.amount::numeric * split.share)
               >= whole.shares`,
    },
    {
      // No refund takes more from a department than it got of this payment.
      name: 'payment_split_refunds_differ',
      sql: `
        select split.institution_id, split.livemode, split.payment_id, split.item_position,
               split.position, split.department_id, split.amount, split.amount_refunded,
               coalesce(sums.refunded, 0)::bigint as refunds_succeeded,
               coalesce(sums.refunding, 0)::bigint as refunds_under_way
          from payment_splits as split
          left join (
            select institution_id, livemode, payment_id, item_position, position,
                   coalesce(sum(amount) filter (where status = 'succeeded'), 0) as refunded,
                   coalesce(sum(amount) filter (where status in ${UNDER_WAY_REFUND}), 0) as refunding
              from (${REFUND_SPLITS}) as part
             group by institution_id, livemode, payment_id, item_position, position) as sums
            on sums.institution_id = split.institution_id and sums.livemode = split.livemode
           and sums.payment_id = split.payment_id and sums.item_position = split.item_position
           and sums.position = split.position
         where split.amount_refunded <> coalesce(sums.refunded + sums.refunding, 0)
            or split.amount_refunded > split.amount`,
    },
    {
      name: 'bill_sums_differ',
      sql: `
        select bill.institution_id, bill.livemode, bill.id as bill_id, bill.amount,
               bill.amount_paid, coalesce(sums.paid, 0)::bigint as payments_succeeded,
               bill.amount_refunded, coalesce(sums.refunded, 0)::bigint as refunds_succeeded,
               bill.amount_reserved, coalesce(sums.reserved, 0)::bigint as payments_under_way
          from bills as bill
          left join (${BILL_SUMS}) as sums
            on sums.institution_id = bill.institution_id and sums.livemode = bill.livemode
           and sums.bill_id = bill.id
         where (bill.amount_paid, bill.amount_refunded, bill.amount_reserved) is distinct from
               (coalesce(sums.paid, 0), coalesce(sums.refunded, 0), coalesce(sums.reserved, 0))`,
    },
    {
      name: 'bill_overpaid',
      sql: `
        select institution_id, livemode, id as bill_id, amount, amount_paid, amount_refunded,
               amount_reserved
          from bills
         where amount_paid - amount_refunded + amount_reserved > amount
            or amount_refunded > amount_paid
            or least(amount_paid, amount_refunded, amount_reserved) < 0`,
    },
    {
      name: 'bill_of_payment_missing',
      sql: `
        select item.institution_id, item.livemode, item.payment_id, item.position, item.bill_id,
               item.amount
          from payment_items as item
         where not exists (
           select from bills as bill
            where bill.institution_id = item.institution_id and bill.livemode = item.livemode
              and bill.id = item.bill_id)`,
    },
    ...LIMIT_USAGE_RULES,
    ...WALLET_RULES,
  ],
}
