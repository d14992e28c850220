-- AlterTable
ALTER TABLE "channel_accounts" ADD COLUMN     "check_message" TEXT,
ADD COLUMN     "check_result" TEXT,
ADD COLUMN     "checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "department_id" TEXT,
ADD COLUMN     "metadata" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "view" JSONB;

-- CreateTable
CREATE TABLE "channel_routes" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "weight" INTEGER NOT NULL,
    "department_id" TEXT,
    "fee_item_id" TEXT,
    "amount_min" BIGINT,
    "amount_max" BIGINT,
    "methods" TEXT[],
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "channel_routes_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "channel_health" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "account_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "trips" INTEGER NOT NULL,
    "retry_at" TIMESTAMPTZ(3) NOT NULL,
    "last_error" TEXT NOT NULL,
    "last_error_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "channel_health_pkey" PRIMARY KEY ("institution_id","livemode","account_id")
);

-- CreateTable
CREATE TABLE "channel_incidents" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "excerpt" BYTEA,
    "length" INTEGER NOT NULL,
    "suppressed" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "channel_incidents_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateIndex
CREATE INDEX "channel_incidents_institution_id_livemode_account_id_id_idx" ON "channel_incidents"("institution_id", "livemode", "account_id", "id");

-- CreateIndex
CREATE INDEX "channel_incidents_created_at_idx" ON "channel_incidents"("created_at");

-- AddForeignKey
ALTER TABLE "channel_routes" ADD CONSTRAINT "channel_routes_institution_id_livemode_account_id_fkey" FOREIGN KEY ("institution_id", "livemode", "account_id") REFERENCES "channel_accounts"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "channel_health" ADD CONSTRAINT "channel_health_institution_id_livemode_account_id_fkey" FOREIGN KEY ("institution_id", "livemode", "account_id") REFERENCES "channel_accounts"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "channel_incidents" ADD CONSTRAINT "channel_incidents_institution_id_livemode_account_id_fkey" FOREIGN KEY ("institution_id", "livemode", "account_id") REFERENCES "channel_accounts"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what models cannot say.

ALTER TABLE "channel_accounts" ADD CONSTRAINT "channel_accounts_status" CHECK ("status" IN ('active', 'unverified', 'unusable', 'disabled'));
ALTER TABLE "channel_accounts" ADD CONSTRAINT "channel_accounts_check" CHECK (
  "check_result" IN ('works', 'refused', 'unknown') AND "checked_at" IS NOT NULL OR "check_result" IS NULL
);
ALTER TABLE "channel_accounts" ADD CONSTRAINT "channel_accounts_department" FOREIGN KEY ("institution_id", "department_id") REFERENCES "departments" ("institution_id", "id") ON DELETE RESTRICT;
ALTER TABLE "channel_routes" ADD CONSTRAINT "channel_routes_department" FOREIGN KEY ("institution_id", "department_id") REFERENCES "departments" ("institution_id", "id") ON DELETE RESTRICT;
ALTER TABLE "channel_routes" ADD CONSTRAINT "channel_routes_numbers" CHECK (
  "position" >= 0 AND "weight" >= 1 AND "amount_min" >= 1 AND "amount_max" >= coalesce("amount_min", 1)
);
ALTER TABLE "channel_health" ADD CONSTRAINT "channel_health_state" CHECK ("state" IN ('closed', 'open', 'half_open') AND "trips" >= 0);
ALTER TABLE "channel_incidents" ADD CONSTRAINT "channel_incidents_kind" CHECK ("kind" IN ('answer_unreadable', 'notification_refused', 'disagreement'));
-- Sealing adds 29 bytes to the 4096 that are kept.
ALTER TABLE "channel_incidents" ADD CONSTRAINT "channel_incidents_bounded" CHECK (
  octet_length("excerpt") <= 4200 AND "length" >= 0 AND "suppressed" >= 0 AND char_length("reason") <= 500
);

-- What an account is does not change: orders that were placed with it are compared with its merchant.
CREATE FUNCTION channel_account_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'channel account % stays what it is: channel and merchant never change', OLD.id;
END $$;
CREATE TRIGGER "channel_accounts_identity" BEFORE UPDATE ON "channel_accounts"
  FOR EACH ROW WHEN (
    (OLD."institution_id", OLD."livemode", OLD."id", OLD."channel", OLD."merchant_id") IS DISTINCT FROM
    (NEW."institution_id", NEW."livemode", NEW."id", NEW."channel", NEW."merchant_id")
  )
  EXECUTE FUNCTION channel_account_refuse_move();

-- An incident is evidence: it goes when its time is over, and never changes before.
CREATE FUNCTION channel_incident_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'incidents of channels are never changed';
END $$;
CREATE TRIGGER "channel_incidents_immutable" BEFORE UPDATE ON "channel_incidents"
  FOR EACH STATEMENT EXECUTE FUNCTION channel_incident_refuse_change();
