-- CreateTable
CREATE TABLE "app_redirect_uris" (
    "institution_id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "redirect_uri" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_redirect_uris_pkey" PRIMARY KEY ("institution_id","app_id","redirect_uri")
);

-- CreateTable
CREATE TABLE "payer_grants" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "payer_id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "payer_grants_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "payer_sessions" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "payer_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payer_sessions_pkey" PRIMARY KEY ("institution_id","livemode","token_hash")
);

-- CreateIndex
CREATE INDEX "payers_id_idx" ON "payers"("id");

-- CreateIndex
CREATE INDEX "payer_grants_id_idx" ON "payer_grants"("id");

-- CreateIndex
CREATE INDEX "payer_grants_institution_id_livemode_payer_id_idx" ON "payer_grants"("institution_id", "livemode", "payer_id");

-- CreateIndex
CREATE INDEX "payer_sessions_token_hash_idx" ON "payer_sessions"("token_hash");

-- CreateIndex
CREATE INDEX "payer_sessions_expires_at_idx" ON "payer_sessions"("expires_at");

-- What Prisma's models cannot say -------------------------------------------------------------------

-- One standing grant per payer and app: what is allowed later is added to it.
CREATE UNIQUE INDEX "payer_grants_standing" ON "payer_grants" ("institution_id", "livemode", "payer_id", "app_id") WHERE "revoked_at" IS NULL;

-- From a payer's bills to the checkouts that collected them.
CREATE INDEX "checkout_items_of_bill" ON "checkout_items" ("institution_id", "livemode", "bill_id");
