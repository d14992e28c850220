-- Refunds above a department's threshold wait for a second person.
create table "department_settings" (
  "institution_id" text not null,
  "livemode" boolean not null,
  "department_id" text not null,
  "refund_approval_threshold" bigint,
  "updated_at" timestamptz(3) not null,
  constraint "department_settings_pkey" primary key ("institution_id", "livemode", "department_id"),
  constraint "department_settings_institution_id_department_id_fkey"
    foreign key ("institution_id", "department_id") references "departments" ("institution_id", "id")
    on delete restrict on update cascade,
  constraint "department_settings_refund_approval_threshold_check"
    check ("refund_approval_threshold" >= 0)
);

alter table "refunds"
  add column "requested_by" text,
  add column "decided_by" text,
  add column "decided_at" timestamptz(3),
  add column "decision_reason" text;

-- Two pairs of eyes are two pairs of eyes in the database too.
alter table "refunds"
  add constraint "refunds_decision_whole_check"
    check (("decided_by" is null) = ("decided_at" is null)),
  add constraint "refunds_second_person_check" check ("decided_by" <> "requested_by"),
  add constraint "refunds_decided_check"
    check ("status" not in ('approved', 'rejected') or "decided_by" is not null),
  add constraint "refunds_awaiting_undecided_check"
    check ("status" <> 'awaiting_approval' or "decided_by" is null);
