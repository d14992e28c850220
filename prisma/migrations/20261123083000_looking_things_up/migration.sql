-- The order in which calls became readable. The default is evaluated once for the rows that are there, and by
-- each transaction for those that it writes.
ALTER TABLE "request_logs" ADD COLUMN "timing" TEXT;
ALTER TABLE "request_logs" ADD COLUMN "written_in" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint;

-- A batch has one value per app, so the index holds each of them once and a list of places.
CREATE INDEX "request_logs_institution_id_livemode_app_id_written_in_idx"
    ON "request_logs"("institution_id", "livemode", "app_id", "written_in");

-- Calls whose signature was refused belong to nobody; this is how the owner of a test key finds those in its name.
CREATE INDEX "request_logs_claimed_key_idx"
    ON "request_logs" ("key_id", "id") WHERE "institution_id" = 'unknown' AND "key_id" IS NOT NULL;

-- The overview reads one app's payments and refunds of a span of time.
CREATE INDEX "payments_institution_id_livemode_app_id_created_at_idx"
    ON "payments"("institution_id", "livemode", "app_id", "created_at");
CREATE INDEX "refunds_institution_id_livemode_app_id_created_at_idx"
    ON "refunds"("institution_id", "livemode", "app_id", "created_at");

-- From a bill to what collected it.
CREATE INDEX "checkout_items_institution_id_livemode_bill_id_idx"
    ON "checkout_items"("institution_id", "livemode", "bill_id");

-- A number that the channel gave, as it stands on a payer's phone.
CREATE INDEX "payment_attempts_channel_transaction_no_idx"
    ON "payment_attempts" ("institution_id", "livemode", "channel_transaction_no")
    WHERE "channel_transaction_no" IS NOT NULL;

-- CreateTable
CREATE TABLE "exports" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "filters" JSONB NOT NULL,
    "language" TEXT NOT NULL,
    "personal_data" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "rows_written" INTEGER NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "chunk_count" INTEGER NOT NULL DEFAULT 0,
    "cursor" TEXT,
    "failure_code" TEXT,
    "failure_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "exports_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "export_chunks" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "export_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "export_chunks_pkey" PRIMARY KEY ("institution_id","livemode","export_id","position")
);

-- CreateIndex
CREATE INDEX "exports_institution_id_livemode_app_id_id_idx" ON "exports"("institution_id", "livemode", "app_id", "id");

-- AddForeignKey
ALTER TABLE "export_chunks" ADD CONSTRAINT "export_chunks_institution_id_livemode_export_id_fkey" FOREIGN KEY ("institution_id", "livemode", "export_id") REFERENCES "exports"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "exports" ADD CONSTRAINT "exports_status" CHECK ("status" IN ('running', 'ready', 'failed', 'expired'));
ALTER TABLE "exports" ADD CONSTRAINT "exports_personal_data" CHECK ("personal_data" IN ('masked', 'full'));
ALTER TABLE "exports" ADD CONSTRAINT "exports_ended" CHECK (("status" IN ('ready', 'failed')) <= ("completed_at" IS NOT NULL));

-- Pieces are encrypted, so the database has nothing to gain from compressing them.
ALTER TABLE "export_chunks" ALTER COLUMN "content" SET STORAGE EXTERNAL;
-- A piece is written once, and goes with its file.
CREATE FUNCTION export_chunks_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a piece of a file is never changed';
END;
$$;
CREATE TRIGGER "export_chunks_write_once" BEFORE UPDATE ON "export_chunks"
  FOR EACH ROW EXECUTE FUNCTION export_chunks_refuse_change();
