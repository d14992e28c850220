-- Events get an order that listeners can follow without losing any, and say what caused them. Endpoints get secrets
-- that can be rotated; deliveries can be sent again; receivers can be graded.

-- written_no: in the order of the inserts. position: given by the relay, after the commit, under one lock.
alter table "events"
  add column "object_id" text,
  add column "request_id" text,
  add column "written_no" bigserial not null,
  add column "position" bigint;
create sequence "events_position_seq" owned by "events"."position";

update "events" set "object_id" = "object" ->> 'id';
-- What was relayed keeps the order of its ids, which is all there is to know of it.
update "events" set "position" = "ordered"."position"
  from (select "institution_id", "livemode", "id", nextval('events_position_seq') as "position"
          from (select * from "events" where "relayed_at" is not null order by "id") as "relayed") as "ordered"
 where "events"."institution_id" = "ordered"."institution_id"
   and "events"."livemode" = "ordered"."livemode" and "events"."id" = "ordered"."id";

-- A server of the release before marks only relayed_at: such an event is relayed once more, which makes nothing twice.
drop index "events_unrelayed";
create index "events_without_position" on "events" ("written_no") where "position" is null;
create unique index "events_position" on "events" ("institution_id", "livemode", "app_id", "position")
  where "position" is not null;
-- Both ids are unique by themselves; the queries compare the tenant too. Short, because every event pays for them.
create index "events_object_id" on "events" ("object_id", "id");
create index "events_request_id" on "events" ("request_id") where "request_id" is not null;

alter table "webhook_endpoints"
  add column "disabled_note" text,
  add column "disabled_at" timestamptz(3),
  add column "failing_since" timestamptz(3),
  add column "secret_rotated_at" timestamptz(3),
  add column "old_secrets_expire_at" timestamptz(3),
  add column "verified_at" timestamptz(3),
  add constraint "webhook_endpoints_status_check" check ("status" in ('enabled', 'disabled', 'deleted')),
  add constraint "webhook_endpoints_disabled_reason_check"
    check ("disabled_reason" in ('requested', 'gone', 'exhausted'));

create table "webhook_old_secrets" (
  "institution_id" text not null,
  "livemode" boolean not null,
  "id" text not null,
  "endpoint_id" text not null,
  "secret" bytea not null,
  "created_at" timestamptz(3) not null,
  "expires_at" timestamptz(3) not null,
  constraint "webhook_old_secrets_pkey" primary key ("institution_id", "livemode", "id")
);
create index "webhook_old_secrets_institution_id_livemode_endpoint_id_idx"
  on "webhook_old_secrets" ("institution_id", "livemode", "endpoint_id");

alter table "webhook_deliveries"
  add column "app_id" text,
  add column "event_type" text,
  add column "round_start" integer not null default 0;
update "webhook_deliveries" as "delivery" set "app_id" = "event"."app_id", "event_type" = "event"."type"
  from "events" as "event"
 where "event"."institution_id" = "delivery"."institution_id"
   and "event"."livemode" = "delivery"."livemode" and "event"."id" = "delivery"."event_id";
alter table "webhook_deliveries"
  alter column "app_id" set not null,
  alter column "event_type" set not null,
  add constraint "webhook_deliveries_status_check"
    check ("status" in ('pending', 'delivered', 'exhausted', 'cancelled')),
  add constraint "webhook_deliveries_round_start_check" check ("round_start" between 0 and "attempt_count");
create index "webhook_deliveries_institution_id_livemode_app_id_id_idx"
  on "webhook_deliveries" ("institution_id", "livemode", "app_id", "id");

-- A server of the release before does not know the two columns; for all others this costs a comparison.
create function webhook_deliveries_copy_event() returns trigger language plpgsql as $$
begin
  select event.app_id, event.type into new.app_id, new.event_type from events as event
   where event.institution_id = new.institution_id and event.livemode = new.livemode and event.id = new.event_id;
  return new;
end $$;
create trigger "webhook_deliveries_copy_event" before insert on "webhook_deliveries"
  for each row when (new."app_id" is null or new."event_type" is null)
  execute function webhook_deliveries_copy_event();

alter table "webhook_attempts" add column "is_resend" boolean not null default false;

create table "webhook_resends" (
  "institution_id" text not null,
  "livemode" boolean not null,
  "id" text not null,
  "app_id" text not null,
  "endpoint_id" text not null,
  "from_time" timestamptz(3) not null,
  "to_time" timestamptz(3) not null,
  "event_types" text[],
  "only_failed" boolean not null,
  "status" text not null,
  "event_count" integer not null,
  "sent_count" integer not null default 0,
  "last_event_id" text,
  "created_at" timestamptz(3) not null,
  "updated_at" timestamptz(3) not null,
  constraint "webhook_resends_pkey" primary key ("institution_id", "livemode", "id"),
  constraint "webhook_resends_status_check" check ("status" in ('running', 'finished', 'stopped')),
  constraint "webhook_resends_time_check" check ("from_time" < "to_time")
);
create index "webhook_resends_institution_id_livemode_endpoint_id_id_idx"
  on "webhook_resends" ("institution_id", "livemode", "endpoint_id", "id");
-- One at a time per endpoint: two would only share its window.
create unique index "webhook_resends_running" on "webhook_resends" ("institution_id", "livemode", "endpoint_id")
  where "status" = 'running';

create table "webhook_grades" (
  "institution_id" text not null,
  "livemode" boolean not null,
  "id" text not null,
  "app_id" text not null,
  "endpoint_id" text not null,
  "url" text not null,
  "status" text not null,
  "cases" jsonb not null default '[]',
  "locked_until" timestamptz(3),
  "created_at" timestamptz(3) not null,
  "finished_at" timestamptz(3),
  constraint "webhook_grades_pkey" primary key ("institution_id", "livemode", "id"),
  constraint "webhook_grades_test_mode_check" check (not "livemode"),
  constraint "webhook_grades_status_check" check ("status" in ('running', 'passed', 'failed')),
  constraint "webhook_grades_finished_at_check" check (("status" = 'running') = ("finished_at" is null))
);
create index "webhook_grades_institution_id_livemode_app_id_id_idx"
  on "webhook_grades" ("institution_id", "livemode", "app_id", "id");
create unique index "webhook_grades_running" on "webhook_grades" ("institution_id", "livemode", "endpoint_id")
  where "status" = 'running';

-- What a receiver did is evidence: it is written once.
create function webhook_grades_stay() returns trigger language plpgsql as $$
begin
  if old.status <> 'running' then
    raise exception 'a finished grade does not change' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger "webhook_grades_stay" before update on "webhook_grades"
  for each row execute function webhook_grades_stay();
