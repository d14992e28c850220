-- AlterTable
ALTER TABLE "platform_keys" ADD COLUMN     "signs_from" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "oauth_records" (
    "kind" TEXT NOT NULL,
    "id" BYTEA NOT NULL,
    "payload" BYTEA NOT NULL,
    "uid" TEXT,
    "grant_id" TEXT,
    "consumed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "oauth_records_pkey" PRIMARY KEY ("kind","id")
);

-- CreateTable
CREATE TABLE "oauth_replay_marks" (
    "id" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "oauth_replay_marks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_revocations" (
    "id" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "oauth_revocations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "oauth_records_kind_uid_idx" ON "oauth_records"("kind", "uid");

-- CreateIndex
CREATE INDEX "oauth_records_grant_id_idx" ON "oauth_records"("grant_id");

-- CreateIndex
CREATE INDEX "oauth_records_expires_at_idx" ON "oauth_records"("expires_at");

-- CreateIndex
CREATE INDEX "oauth_replay_marks_expires_at_idx" ON "oauth_replay_marks"("expires_at");

-- CreateIndex
CREATE INDEX "oauth_revocations_revoked_at_idx" ON "oauth_revocations"("revoked_at");

-- CreateIndex
CREATE INDEX "oauth_revocations_expires_at_idx" ON "oauth_revocations"("expires_at");

-- CreateIndex
CREATE INDEX "apps_id_idx" ON "apps"("id");

-- CreateIndex
CREATE INDEX "api_keys_institution_id_app_id_idx" ON "api_keys"("institution_id", "app_id");

-- What Prisma's models cannot say -------------------------------------------------------------------

ALTER TABLE "oauth_replay_marks" ADD CONSTRAINT "oauth_replay_marks_sha256" CHECK (octet_length("id") = 32);
