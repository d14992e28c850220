-- An app says what it is for, and may have live keys once somebody else has approved it.
ALTER TABLE "apps" ADD COLUMN     "created_by" TEXT,
ADD COLUMN     "live_changed_at" TIMESTAMPTZ(3),
ADD COLUMN     "live_changed_by" TEXT,
ADD COLUMN     "live_reason" TEXT,
ADD COLUMN     "live_scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "live_status" TEXT NOT NULL DEFAULT 'none',
ADD COLUMN     "purpose" TEXT,
ADD COLUMN     "set_aside_of" TEXT,
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "app_live_requests" (
    "institution_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "scopes" TEXT[],
    "purpose" TEXT NOT NULL,
    "contact" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decision_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "app_live_requests_pkey" PRIMARY KEY ("institution_id","id")
);

-- CreateTable
CREATE TABLE "go_live_evidence" (
    "institution_id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "item" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "go_live_evidence_pkey" PRIMARY KEY ("institution_id","app_id","item")
);

-- CreateIndex
CREATE INDEX "app_live_requests_institution_id_app_id_id_idx" ON "app_live_requests"("institution_id", "app_id", "id");

-- AddForeignKey
ALTER TABLE "app_live_requests" ADD CONSTRAINT "app_live_requests_institution_id_app_id_fkey" FOREIGN KEY ("institution_id", "app_id") REFERENCES "apps"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "go_live_evidence" ADD CONSTRAINT "go_live_evidence_institution_id_app_id_fkey" FOREIGN KEY ("institution_id", "app_id") REFERENCES "apps"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's models cannot say -------------------------------------------------------------------

-- Who works in live mode today was let in by the platform's operator.
UPDATE "apps" SET "live_status" = 'approved', "live_scopes" = "scopes"
 WHERE EXISTS (SELECT FROM "api_keys" key WHERE key."institution_id" = "apps"."institution_id"
                  AND key."app_id" = "apps"."id" AND key."livemode");

ALTER TABLE "apps" ALTER COLUMN "live_scopes" SET NOT NULL;
ALTER TABLE "apps" ADD CONSTRAINT "apps_live" CHECK (
  "live_status" IN ('none', 'approved', 'suspended') AND "live_scopes" <@ "scopes");
-- What was set aside has no name to call by, may do nothing, and never was live.
ALTER TABLE "apps" ADD CONSTRAINT "apps_set_aside" CHECK (
  ("set_aside_of" IS NOT NULL) = starts_with("id", 'rst_')
  AND ("set_aside_of" IS NULL OR ("scopes" = '{}' AND "live_status" = 'none')));
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_of_apps" CHECK (NOT starts_with("app_id", 'rst_'));

ALTER TABLE "app_live_requests" ADD CONSTRAINT "app_live_requests_status" CHECK (
  "status" IN ('requested', 'approved', 'rejected', 'withdrawn')
  AND ("status" = 'requested') = ("decided_by" IS NULL)
  AND ("decided_by" IS NULL) = ("decided_at" IS NULL)
  -- Nobody lets themselves in; whoever asked may take it back.
  AND ("status" NOT IN ('approved', 'rejected') OR "decided_by" <> "requested_by"));
CREATE UNIQUE INDEX "app_live_requests_open" ON "app_live_requests" ("institution_id", "app_id")
  WHERE "status" = 'requested';

-- What was decided about is what was asked for, and a decision is final.
CREATE FUNCTION app_live_request_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status <> 'requested'
     OR (NEW.institution_id, NEW.id, NEW.app_id, NEW.scopes, NEW.purpose, NEW.contact, NEW.requested_by, NEW.created_at)
        IS DISTINCT FROM
        (OLD.institution_id, OLD.id, OLD.app_id, OLD.scopes, OLD.purpose, OLD.contact, OLD.requested_by, OLD.created_at) THEN
    RAISE EXCEPTION 'request %: only the decision on it can be written, once', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "app_live_requests_kept" BEFORE UPDATE OR DELETE ON "app_live_requests"
  FOR EACH ROW EXECUTE FUNCTION app_live_request_keep();

CREATE TRIGGER "go_live_evidence_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "go_live_evidence"
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();

-- The one way in which a thing changes hands: out of an app's sandbox, into what a reset set aside. Named by
-- column, so that no other update pays for it.
CREATE FUNCTION app_keeps_what_is_its_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.app_id IS DISTINCT FROM OLD.app_id
     AND (OLD.livemode OR NEW.livemode OR NOT starts_with(NEW.app_id, 'rst_') OR starts_with(OLD.app_id, 'rst_')) THEN
    RAISE EXCEPTION '% of %: only a reset in test mode takes it away', TG_TABLE_NAME, OLD.app_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "payments_keep_app" BEFORE UPDATE OF "app_id" ON "payments"
  FOR EACH ROW EXECUTE FUNCTION app_keeps_what_is_its_own();
CREATE TRIGGER "refunds_keep_app" BEFORE UPDATE OF "app_id" ON "refunds"
  FOR EACH ROW EXECUTE FUNCTION app_keeps_what_is_its_own();
CREATE TRIGGER "checkouts_keep_app" BEFORE UPDATE OF "app_id" ON "checkouts"
  FOR EACH ROW EXECUTE FUNCTION app_keeps_what_is_its_own();
CREATE TRIGGER "bills_keep_app" BEFORE UPDATE OF "app_id" ON "bills"
  FOR EACH ROW EXECUTE FUNCTION app_keeps_what_is_its_own();
CREATE TRIGGER "fee_items_keep_app" BEFORE UPDATE OF "app_id" ON "fee_items"
  FOR EACH ROW EXECUTE FUNCTION app_keeps_what_is_its_own();
CREATE TRIGGER "events_keep_app" BEFORE UPDATE OF "app_id" ON "events"
  FOR EACH ROW EXECUTE FUNCTION app_keeps_what_is_its_own();
CREATE TRIGGER "webhook_endpoints_keep_app" BEFORE UPDATE OF "app_id" ON "webhook_endpoints"
  FOR EACH ROW EXECUTE FUNCTION app_keeps_what_is_its_own();

-- The payers of a sandbox whose numbers are told; hardly any in thousands.
CREATE INDEX "payers_of_tests" ON "payers" ("institution_id", "id")
  WHERE NOT "livemode" AND "metadata" ? 'test_payer_number';
