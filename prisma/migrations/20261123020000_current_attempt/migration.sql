-- A payment may have several orders, one after the other; the answers about one of them move it.
alter table "payments" add column "current_attempt_id" text;

-- Until now there was one order per payment. Where late money came by a second one, the booked one counts.
update "payments" as payment
   set "current_attempt_id" = (
     select attempt."id" from "payment_attempts" as attempt
      where attempt."institution_id" = payment."institution_id"
        and attempt."livemode" = payment."livemode" and attempt."payment_id" = payment."id"
      order by attempt."status" = 'succeeded' and not exists (
                 select from "late_successes" as late
                  where late."institution_id" = attempt."institution_id"
                    and late."livemode" = attempt."livemode" and late."attempt_id" = attempt."id") desc,
               attempt."id" desc
      limit 1)
 where payment."channel" is not null;

-- Who has an order has chosen a channel.
alter table "payments" add constraint "payments_current_attempt" check (
  "current_attempt_id" is null or "channel" is not null);

-- Payments between two orders, for the sweep that ends what is out of time.
create index "payments_between_orders" on "payments" ("expires_at")
 where "status" = 'pending' and "current_attempt_id" is null;
