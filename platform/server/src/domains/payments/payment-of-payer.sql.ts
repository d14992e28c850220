/** Payments whose bills are all one payer's: `$1` and `$2` are the tenant, `$3` is the payer. */
export const ONLY_OF_PAYER = `
  with touched as (
   select distinct item.checkout_id
     from bills bill
     join checkout_items item
       on item.institution_id = bill.institution_id and item.livemode = bill.livemode
      and item.bill_id = bill.id
    where bill.institution_id = $1 and bill.livemode = $2 and bill.payer_id = $3
 ), own as (
   select item.checkout_id
     from checkout_items item
     join bills bill
       on bill.institution_id = item.institution_id and bill.livemode = item.livemode
      and bill.id = item.bill_id
    where item.institution_id = $1 and item.livemode = $2
      and item.checkout_id in (select checkout_id from touched)
    group by item.checkout_id
   having bool_and(bill.payer_id = $3)
 )
 select id from payments
  where institution_id = $1 and livemode = $2 and not starts_with(app_id, $4)
    and checkout_id in (select checkout_id from own)`

/** Payments of the app `$4` that collect a bill of this payer, whoever else's they collect too. */
export const ALSO_OF_PAYER = `
  select distinct payment.id from bills bill
   join checkout_items item
     on item.institution_id = bill.institution_id and item.livemode = bill.livemode
    and item.bill_id = bill.id
   join payments payment
     on payment.institution_id = item.institution_id and payment.livemode = item.livemode
    and payment.checkout_id = item.checkout_id
  where bill.institution_id = $1 and bill.livemode = $2 and bill.payer_id = $3
    and payment.app_id = $4`
