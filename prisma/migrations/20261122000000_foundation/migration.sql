-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "fee_items" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "department_id" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "academic_year" TEXT,
    "term" TEXT,
    "currency" TEXT NOT NULL,
    "window_starts_at" TIMESTAMPTZ(3),
    "window_ends_at" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL,
    "partial_payment_allowed" BOOLEAN NOT NULL,
    "partial_payment_minimum" BIGINT NOT NULL,
    "accounting_code" TEXT,
    "channels" TEXT[],
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "fee_items_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "bills" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "department_id" TEXT NOT NULL,
    "payer_id" TEXT NOT NULL,
    "fee_item_id" TEXT NOT NULL,
    "out_bill_no" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "amount_paid" BIGINT NOT NULL DEFAULT 0,
    "amount_refunded" BIGINT NOT NULL DEFAULT 0,
    "amount_reserved" BIGINT NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL,
    "lines" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "bills_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "channel_accounts" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "settings" BYTEA NOT NULL,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "channel_accounts_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "institutions" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "timezone" TEXT NOT NULL DEFAULT 'Asia/Shanghai',
    "data_key" BYTEA NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "institutions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "departments" (
    "institution_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "departments_pkey" PRIMARY KEY ("institution_id","id")
);

-- CreateTable
CREATE TABLE "apps" (
    "institution_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "department_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[],
    "api_version" TEXT NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apps_pkey" PRIMARY KEY ("institution_id","id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "institution_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "algorithm" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "scopes" TEXT[],
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "not_after" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("institution_id","id")
);

-- CreateTable
CREATE TABLE "operators" (
    "institution_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "login" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "roles" TEXT[],
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "operators_pkey" PRIMARY KEY ("institution_id","id")
);

-- CreateTable
CREATE TABLE "platform_keys" (
    "id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "platform_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_accounts" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "code" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_accounts_pkey" PRIMARY KEY ("institution_id","livemode","code","currency")
);

-- CreateTable
CREATE TABLE "ledger_transactions" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_transactions_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "ledger_entries" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "account_code" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "ledger_entries_pkey" PRIMARY KEY ("institution_id","livemode","transaction_id","position")
);

-- CreateTable
CREATE TABLE "payers" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "number_type" TEXT NOT NULL,
    "number_hash" BYTEA NOT NULL,
    "number_tail" TEXT NOT NULL,
    "personal" BYTEA NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payers_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "checkouts" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "department_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "return_url" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "checkouts_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "checkout_items" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "checkout_id" TEXT NOT NULL,
    "bill_id" TEXT NOT NULL,
    "department_id" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "checkout_items_pkey" PRIMARY KEY ("institution_id","livemode","checkout_id","bill_id")
);

-- CreateTable
CREATE TABLE "payments" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "department_id" TEXT NOT NULL,
    "checkout_id" TEXT,
    "out_trade_no" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "amount_refunded" BIGINT NOT NULL DEFAULT 0,
    "amount_refunding" BIGINT NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL,
    "channel" TEXT,
    "method" TEXT,
    "code_url" TEXT,
    "failure_code" TEXT,
    "failure_message" TEXT,
    "return_url" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "succeeded_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payments_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "payment_attempts" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "channel_account_id" TEXT NOT NULL,
    "channel_order_no" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "code_url" TEXT,
    "channel_transaction_no" TEXT,
    "query_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_attempts_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "payment_items" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "payment_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "bill_id" TEXT NOT NULL,
    "department_id" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "amount_refunded" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "payment_items_pkey" PRIMARY KEY ("institution_id","livemode","payment_id","position")
);

-- CreateTable
CREATE TABLE "late_successes" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "attempt_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "channel_transaction_no" TEXT NOT NULL,
    "channel_refund_no" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "late_successes_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "events" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "api_version" TEXT NOT NULL,
    "object" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "relayed_at" TIMESTAMPTZ(3),

    CONSTRAINT "events_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "app_id" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "allotted_id" TEXT NOT NULL,
    "response_status" INTEGER,
    "response_body" TEXT,
    "locked_until" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("institution_id","livemode","app_id","route","key")
);

-- CreateTable
CREATE TABLE "request_nonces" (
    "institution_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "nonce" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "request_nonces_pkey" PRIMARY KEY ("institution_id","key_id","nonce")
);

-- CreateTable
CREATE TABLE "refunds" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "department_id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "attempt_id" TEXT NOT NULL,
    "out_refund_no" TEXT NOT NULL,
    "channel_refund_no" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "reason" TEXT,
    "status" TEXT NOT NULL,
    "failure_code" TEXT,
    "failure_message" TEXT,
    "items" JSONB NOT NULL,
    "query_count" INTEGER NOT NULL DEFAULT 0,
    "succeeded_at" TIMESTAMPTZ(3),
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "refunds_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "simulator_records" (
    "channel" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "simulator_records_pkey" PRIMARY KEY ("channel","kind","key")
);

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT,
    "event_types" TEXT[],
    "secret" BYTEA NOT NULL,
    "status" TEXT NOT NULL,
    "disabled_reason" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "webhook_attempts" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "request_headers" JSONB NOT NULL,
    "request_body" TEXT NOT NULL,
    "response_status" INTEGER,
    "response_headers" JSONB,
    "response_body" TEXT,
    "error" TEXT,
    "duration_ms" INTEGER NOT NULL,
    "attempted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("institution_id","livemode","delivery_id","position")
);

-- CreateIndex
CREATE UNIQUE INDEX "fee_items_institution_id_livemode_app_id_code_key" ON "fee_items"("institution_id", "livemode", "app_id", "code");

-- CreateIndex
CREATE INDEX "bills_institution_id_livemode_payer_id_idx" ON "bills"("institution_id", "livemode", "payer_id");

-- CreateIndex
CREATE UNIQUE INDEX "bills_institution_id_livemode_app_id_out_bill_no_key" ON "bills"("institution_id", "livemode", "app_id", "out_bill_no");

-- CreateIndex
CREATE INDEX "channel_accounts_id_idx" ON "channel_accounts"("id");

-- CreateIndex
CREATE INDEX "api_keys_id_idx" ON "api_keys"("id");

-- CreateIndex
CREATE UNIQUE INDEX "operators_institution_id_login_key" ON "operators"("institution_id", "login");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_transactions_institution_id_livemode_kind_source_id_key" ON "ledger_transactions"("institution_id", "livemode", "kind", "source_id");

-- CreateIndex
CREATE INDEX "ledger_entries_institution_id_livemode_account_code_currenc_idx" ON "ledger_entries"("institution_id", "livemode", "account_code", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "payers_institution_id_livemode_number_type_number_hash_key" ON "payers"("institution_id", "livemode", "number_type", "number_hash");

-- CreateIndex
CREATE UNIQUE INDEX "payments_institution_id_livemode_app_id_out_trade_no_key" ON "payments"("institution_id", "livemode", "app_id", "out_trade_no");

-- CreateIndex
CREATE INDEX "payment_attempts_institution_id_livemode_payment_id_idx" ON "payment_attempts"("institution_id", "livemode", "payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_attempts_institution_id_livemode_channel_order_no_key" ON "payment_attempts"("institution_id", "livemode", "channel_order_no");

-- CreateIndex
CREATE UNIQUE INDEX "late_successes_institution_id_livemode_attempt_id_key" ON "late_successes"("institution_id", "livemode", "attempt_id");

-- CreateIndex
CREATE INDEX "events_institution_id_livemode_app_id_id_idx" ON "events"("institution_id", "livemode", "app_id", "id");

-- CreateIndex
CREATE INDEX "idempotency_keys_expires_at_idx" ON "idempotency_keys"("expires_at");

-- CreateIndex
CREATE INDEX "request_nonces_used_at_idx" ON "request_nonces"("used_at");

-- CreateIndex
CREATE INDEX "refunds_institution_id_livemode_payment_id_idx" ON "refunds"("institution_id", "livemode", "payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "refunds_institution_id_livemode_app_id_out_refund_no_key" ON "refunds"("institution_id", "livemode", "app_id", "out_refund_no");

-- CreateIndex
CREATE UNIQUE INDEX "refunds_institution_id_livemode_channel_refund_no_key" ON "refunds"("institution_id", "livemode", "channel_refund_no");

-- CreateIndex
CREATE INDEX "simulator_records_kind_due_at_idx" ON "simulator_records"("kind", "due_at");

-- CreateIndex
CREATE INDEX "webhook_endpoints_institution_id_livemode_app_id_idx" ON "webhook_endpoints"("institution_id", "livemode", "app_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_institution_id_livemode_endpoint_id_even_key" ON "webhook_deliveries"("institution_id", "livemode", "endpoint_id", "event_id");

-- AddForeignKey
ALTER TABLE "bills" ADD CONSTRAINT "bills_institution_id_livemode_payer_id_fkey" FOREIGN KEY ("institution_id", "livemode", "payer_id") REFERENCES "payers"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bills" ADD CONSTRAINT "bills_institution_id_livemode_fee_item_id_fkey" FOREIGN KEY ("institution_id", "livemode", "fee_item_id") REFERENCES "fee_items"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "departments" ADD CONSTRAINT "departments_institution_id_fkey" FOREIGN KEY ("institution_id") REFERENCES "institutions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apps" ADD CONSTRAINT "apps_institution_id_department_id_fkey" FOREIGN KEY ("institution_id", "department_id") REFERENCES "departments"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_institution_id_app_id_fkey" FOREIGN KEY ("institution_id", "app_id") REFERENCES "apps"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operators" ADD CONSTRAINT "operators_institution_id_fkey" FOREIGN KEY ("institution_id") REFERENCES "institutions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_institution_id_livemode_transaction_id_fkey" FOREIGN KEY ("institution_id", "livemode", "transaction_id") REFERENCES "ledger_transactions"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_institution_id_livemode_account_code_curren_fkey" FOREIGN KEY ("institution_id", "livemode", "account_code", "currency") REFERENCES "ledger_accounts"("institution_id", "livemode", "code", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkout_items" ADD CONSTRAINT "checkout_items_institution_id_livemode_checkout_id_fkey" FOREIGN KEY ("institution_id", "livemode", "checkout_id") REFERENCES "checkouts"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_attempts" ADD CONSTRAINT "payment_attempts_institution_id_livemode_payment_id_fkey" FOREIGN KEY ("institution_id", "livemode", "payment_id") REFERENCES "payments"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_items" ADD CONSTRAINT "payment_items_institution_id_livemode_payment_id_fkey" FOREIGN KEY ("institution_id", "livemode", "payment_id") REFERENCES "payments"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "late_successes" ADD CONSTRAINT "late_successes_institution_id_livemode_payment_id_fkey" FOREIGN KEY ("institution_id", "livemode", "payment_id") REFERENCES "payments"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_institution_id_livemode_payment_id_fkey" FOREIGN KEY ("institution_id", "livemode", "payment_id") REFERENCES "payments"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_institution_id_livemode_delivery_id_fkey" FOREIGN KEY ("institution_id", "livemode", "delivery_id") REFERENCES "webhook_deliveries"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's models cannot say -------------------------------------------------------------------

-- The relay looks only for events without deliveries, so the index stays as small as its queue.
CREATE INDEX "events_unrelayed" ON "events" ("created_at") WHERE "relayed_at" IS NULL;

-- An endpoint's due deliveries are claimed from here; what is done leaves the index.
CREATE INDEX "webhook_deliveries_pending" ON "webhook_deliveries" ("institution_id", "livemode", "endpoint_id", "next_attempt_at") WHERE "status" = 'pending';
-- The sweep looks only for payments that may still expire.
CREATE INDEX "payments_open" ON "payments" ("expires_at") WHERE "status" IN ('created', 'pending', 'processing');
CREATE INDEX "payments_of_checkout" ON "payments" ("institution_id", "livemode", "checkout_id") WHERE "checkout_id" IS NOT NULL;
CREATE INDEX "checkouts_open" ON "checkouts" ("expires_at") WHERE "status" = 'open';
CREATE INDEX "bills_expiring" ON "bills" ("expires_at") WHERE "status" IN ('open', 'partially_paid');

-- Money rules that must hold whatever the code does.
ALTER TABLE "bills" ADD CONSTRAINT "bills_amounts" CHECK (
  "amount" > 0 AND "amount_paid" >= 0 AND "amount_refunded" >= 0 AND "amount_reserved" >= 0
  AND "amount_refunded" <= "amount_paid"
  AND "amount_paid" - "amount_refunded" + "amount_reserved" <= "amount");
ALTER TABLE "payments" ADD CONSTRAINT "payments_amounts" CHECK (
  "amount" > 0 AND "amount_refunded" >= 0 AND "amount_refunding" >= 0
  AND "amount_refunded" + "amount_refunding" <= "amount");
ALTER TABLE "payment_items" ADD CONSTRAINT "payment_items_amounts" CHECK (
  "amount" > 0 AND "amount_refunded" >= 0 AND "amount_refunded" <= "amount");
ALTER TABLE "checkout_items" ADD CONSTRAINT "checkout_items_amounts" CHECK ("amount" > 0);
ALTER TABLE "checkouts" ADD CONSTRAINT "checkouts_amounts" CHECK ("amount" > 0);
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_amounts" CHECK ("amount" > 0);
ALTER TABLE "late_successes" ADD CONSTRAINT "late_successes_amounts" CHECK ("amount" > 0);
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_amounts" CHECK ("amount" > 0);
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_direction" CHECK ("direction" IN ('debit', 'credit'));

-- The ledger is append-only: a correction is a new transaction.
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER "ledger_transactions_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_transactions"
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER "ledger_entries_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- Every statement that adds entries adds whole, balanced transactions.
CREATE FUNCTION ledger_refuse_imbalance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unbalanced text;
BEGIN
  SELECT transaction_id INTO unbalanced FROM added
    GROUP BY institution_id, livemode, transaction_id, currency
    HAVING sum(CASE direction WHEN 'debit' THEN amount ELSE -amount END) <> 0
    LIMIT 1;
  IF unbalanced IS NOT NULL THEN
    RAISE EXCEPTION 'ledger transaction % does not balance', unbalanced
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "ledger_entries_balanced" AFTER INSERT ON "ledger_entries"
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_imbalance();
