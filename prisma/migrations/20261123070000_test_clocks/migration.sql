-- An app in test mode may have a clock that runs ahead of the real one, and then merchant accounts of its own.
create table "test_clocks" (
  "institution_id" text not null,
  "livemode" boolean not null,
  "id" text not null,
  "app_id" text not null,
  "offset_ms" bigint not null,
  "created_at" timestamptz(3) not null,
  "updated_at" timestamptz(3) not null,
  constraint "test_clocks_pkey" primary key ("institution_id", "livemode", "id"),
  constraint "test_clocks_institution_id_app_id_fkey"
    foreign key ("institution_id", "app_id") references "apps" ("institution_id", "id")
    on delete restrict on update cascade,
  -- Real money knows the real time only, and no clock ever goes back.
  constraint "test_clocks_test_mode_check" check (not "livemode"),
  constraint "test_clocks_offset_ms_check" check ("offset_ms" >= 0)
);
create unique index "test_clocks_institution_id_app_id_key" on "test_clocks" ("institution_id", "app_id");

create function test_clocks_go_forward() returns trigger language plpgsql as $$
begin
  if new.offset_ms < old.offset_ms or new.app_id <> old.app_id then
    raise exception 'a test clock goes forward only, and stays with its app' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger "test_clocks_go_forward" before update on "test_clocks"
  for each row execute function test_clocks_go_forward();

alter table "channel_accounts" add column "app_id" text;
alter table "channel_accounts"
  add constraint "channel_accounts_app_test_mode_check" check ("app_id" is null or not "livemode");
create index "channel_accounts_app" on "channel_accounts" ("institution_id", "livemode", "app_id")
  where "app_id" is not null;

-- What a simulated company still has to do for one merchant.
create index "simulator_records_merchant_due" on "simulator_records" ("channel", ("data" ->> 'merchant_id'))
  where "due_at" is not null;
