-- CreateTable
CREATE TABLE "payment_limits" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "payer_id" TEXT,
    "fee_item_id" TEXT,
    "department_id" TEXT,
    "channel" TEXT,
    "per" TEXT[],
    "currency" TEXT NOT NULL,
    "amount_per_payment" BIGINT,
    "amount_per_day" BIGINT,
    "count_per_day" INTEGER,
    "status" TEXT NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_limits_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "payment_limit_usages" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "limit_id" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "key" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "payment_limit_usages_pkey" PRIMARY KEY ("institution_id","livemode","limit_id","business_date","key")
);

-- CreateTable
CREATE TABLE "payment_limit_uses" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "payment_id" TEXT NOT NULL,
    "limit_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "amount" BIGINT NOT NULL,
    "of_channel" BOOLEAN NOT NULL,

    CONSTRAINT "payment_limit_uses_pkey" PRIMARY KEY ("institution_id","livemode","payment_id","limit_id","key")
);

-- By hand: what models cannot say.

ALTER TABLE "payment_limits" ADD CONSTRAINT "payment_limits_status" CHECK ("status" IN ('active', 'disabled'));
ALTER TABLE "payment_limits" ADD CONSTRAINT "payment_limits_numbers" CHECK (
  "amount_per_payment" >= 1 AND "amount_per_day" >= 1 AND "count_per_day" >= 1
);
-- A limit without a number limits nothing.
ALTER TABLE "payment_limits" ADD CONSTRAINT "payment_limits_something" CHECK (
  num_nonnulls("amount_per_payment", "amount_per_day", "count_per_day") > 0
);
ALTER TABLE "payment_limits" ADD CONSTRAINT "payment_limits_per" CHECK (
  "per" <@ ARRAY['payer', 'fee_item', 'department', 'channel']
);
ALTER TABLE "payment_limit_usages" ADD CONSTRAINT "payment_limit_usages_sums" CHECK ("amount" >= 0 AND "count" >= 0);
ALTER TABLE "payment_limit_uses" ADD CONSTRAINT "payment_limit_uses_amounts" CHECK ("amount" > 0);
ALTER TABLE "payment_limit_uses" ADD CONSTRAINT "payment_limit_uses_payment" FOREIGN KEY ("institution_id", "livemode", "payment_id") REFERENCES "payments" ("institution_id", "livemode", "id") ON DELETE CASCADE;
ALTER TABLE "payment_limit_uses" ADD CONSTRAINT "payment_limit_uses_usage" FOREIGN KEY ("institution_id", "livemode", "limit_id", "business_date", "key") REFERENCES "payment_limit_usages" ("institution_id", "livemode", "limit_id", "business_date", "key") ON DELETE RESTRICT;
