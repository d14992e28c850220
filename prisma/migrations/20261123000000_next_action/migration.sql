-- What the payer has to do is more than a QR code: pages, forms, bridges, PINs and counters.
alter table "payments" add column "next_action" jsonb;
alter table "payment_attempts" add column "next_action" jsonb;

update "payments" set "next_action" = jsonb_build_object('type', 'show_qr', 'code_url', "code_url")
 where "code_url" is not null;
update "payment_attempts" set "next_action" = jsonb_build_object('type', 'show_qr', 'code_url', "code_url")
 where "code_url" is not null;
-- "code_url" stays one release longer, for the version before this one.
