-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "allowed_ips" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "metadata" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "name" TEXT,
ADD COLUMN     "notice_days" INTEGER,
ADD COLUMN     "replaced_by" TEXT;

-- CreateIndex
CREATE INDEX "api_keys_institution_id_livemode_app_id_id_idx" ON "api_keys"("institution_id", "livemode", "app_id", "id");

-- By hand: what models cannot say.

ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_notice_days" CHECK ("notice_days" IN (14, 3, 1));

-- The look-out for keys that expire soon runs often and finds next to nothing.
CREATE INDEX "api_keys_expiring_idx" ON "api_keys"("not_after") WHERE "revoked_at" IS NULL AND "not_after" IS NOT NULL;
