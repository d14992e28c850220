-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "wallet_id" TEXT;

-- CreateTable
CREATE TABLE "counter_orders" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "order_no" TEXT NOT NULL,
    "channel_account_id" TEXT NOT NULL,
    "counter_no" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "amount_refunded" BIGINT NOT NULL DEFAULT 0,
    "description" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "tender" TEXT,
    "received_amount" BIGINT,
    "change_amount" BIGINT,
    "terminal_reference" TEXT,
    "cashier" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "counter_orders_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "counter_refunds" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "refund_no" TEXT NOT NULL,
    "order_no" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "cashier" TEXT,
    "handed_out_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "counter_refunds_pkey" PRIMARY KEY ("institution_id","livemode","refund_no")
);

-- CreateTable
CREATE TABLE "counter_entries" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "business_date" DATE NOT NULL,
    "number" INTEGER NOT NULL,
    "channel_account_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "order_no" TEXT NOT NULL,
    "refund_no" TEXT,
    "tender" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "cashier" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "counter_entries_pkey" PRIMARY KEY ("institution_id","livemode","business_date","number")
);

-- CreateTable
CREATE TABLE "counter_days" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "business_date" DATE NOT NULL,
    "last_number" INTEGER NOT NULL,

    CONSTRAINT "counter_days_pkey" PRIMARY KEY ("institution_id","livemode","business_date")
);

-- CreateTable
CREATE TABLE "wallets" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "payer_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "balance" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "limit_per_payment" BIGINT,
    "limit_per_day" BIGINT,
    "pin_hash" TEXT,
    "pin_failed_count" INTEGER NOT NULL DEFAULT 0,
    "pin_locked_until" TIMESTAMPTZ(3),
    "frozen_reason" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "wallets_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "wallet_transactions" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "wallet_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "order_no" TEXT,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "balance_change" BIGINT NOT NULL,
    "held_change" BIGINT NOT NULL,
    "balance_after" BIGINT NOT NULL,
    "description" TEXT NOT NULL,
    "business_date" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "wallet_transactions_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "wallet_orders" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "order_no" TEXT NOT NULL,
    "channel_account_id" TEXT NOT NULL,
    "wallet_id" TEXT,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "amount_refunded" BIGINT NOT NULL DEFAULT 0,
    "description" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "failure_code" TEXT,
    "failure_message" TEXT,
    "transaction_no" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "wallet_orders_pkey" PRIMARY KEY ("institution_id","livemode","order_no")
);

-- CreateIndex
CREATE UNIQUE INDEX "counter_orders_institution_id_livemode_order_no_key" ON "counter_orders"("institution_id", "livemode", "order_no");

-- CreateIndex
CREATE INDEX "counter_refunds_institution_id_livemode_order_no_idx" ON "counter_refunds"("institution_id", "livemode", "order_no");

-- CreateIndex
CREATE INDEX "wallets_institution_id_livemode_payer_id_idx" ON "wallets"("institution_id", "livemode", "payer_id");

-- CreateIndex
CREATE INDEX "wallet_transactions_institution_id_livemode_wallet_id_id_idx" ON "wallet_transactions"("institution_id", "livemode", "wallet_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "wallet_transactions_institution_id_livemode_kind_source_id_key" ON "wallet_transactions"("institution_id", "livemode", "kind", "source_id");

-- AddForeignKey
ALTER TABLE "counter_refunds" ADD CONSTRAINT "counter_refunds_institution_id_livemode_order_no_fkey" FOREIGN KEY ("institution_id", "livemode", "order_no") REFERENCES "counter_orders"("institution_id", "livemode", "order_no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_institution_id_livemode_payer_id_fkey" FOREIGN KEY ("institution_id", "livemode", "payer_id") REFERENCES "payers"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallet_transactions" ADD CONSTRAINT "wallet_transactions_institution_id_livemode_wallet_id_fkey" FOREIGN KEY ("institution_id", "livemode", "wallet_id") REFERENCES "wallets"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallet_orders" ADD CONSTRAINT "wallet_orders_institution_id_livemode_wallet_id_fkey" FOREIGN KEY ("institution_id", "livemode", "wallet_id") REFERENCES "wallets"("institution_id", "livemode", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's models cannot say -------------------------------------------------------------------

-- One wallet per payer and currency; who closed one may open another.
CREATE UNIQUE INDEX "wallets_one_per_payer" ON "wallets" ("institution_id", "livemode", "payer_id", "currency")
  WHERE "status" <> 'closed';
-- What was spent today is added up while the wallet is locked.
CREATE INDEX "wallet_transactions_charges" ON "wallet_transactions" ("institution_id", "livemode", "wallet_id", "business_date")
  WHERE "kind" = 'charge';
-- A statement reads the movements of one day that belong to orders.
CREATE INDEX "wallet_transactions_of_orders" ON "wallet_transactions" ("institution_id", "livemode", "business_date", "id")
  WHERE "order_no" IS NOT NULL;
CREATE INDEX "payments_of_wallet" ON "payments" ("institution_id", "livemode", "wallet_id") WHERE "wallet_id" IS NOT NULL;
-- A number is told at the counter: among the orders that wait it names one.
CREATE UNIQUE INDEX "counter_orders_waiting" ON "counter_orders" ("institution_id", "livemode", "counter_no")
  WHERE "status" = 'waiting';
-- An order is received once, a refund handed out once.
CREATE UNIQUE INDEX "counter_entries_receipts" ON "counter_entries" ("institution_id", "livemode", "order_no")
  WHERE "kind" = 'receipt';
CREATE UNIQUE INDEX "counter_entries_refunds" ON "counter_entries" ("institution_id", "livemode", "refund_no")
  WHERE "kind" = 'refund';

-- Money rules that must hold whatever the code does.
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_never_negative" CHECK ("balance" >= 0 AND "held" >= 0);
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_status" CHECK ("status" IN ('active', 'frozen', 'closed'));
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_closed_empty" CHECK (
  ("status" = 'closed') = ("closed_at" IS NOT NULL) AND ("status" <> 'closed' OR ("balance" = 0 AND "held" = 0)));
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_limits" CHECK ("limit_per_payment" > 0 AND "limit_per_day" > 0);
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_pin" CHECK ("pin_failed_count" >= 0);
ALTER TABLE "wallet_transactions" ADD CONSTRAINT "wallet_transactions_amounts" CHECK (
  "amount" > 0 AND "balance_after" >= 0
  AND "balance_change" = "amount" * (CASE "kind"
    WHEN 'top_up' THEN 1 WHEN 'top_up_hold' THEN -1 WHEN 'top_up_hold_release' THEN 1
    WHEN 'top_up_refund' THEN 0 WHEN 'charge' THEN -1 WHEN 'charge_refund' THEN 1 END)
  AND "held_change" = "amount" * (CASE "kind"
    WHEN 'top_up_hold' THEN 1 WHEN 'top_up_hold_release' THEN -1 WHEN 'top_up_refund' THEN -1 ELSE 0 END));
ALTER TABLE "wallet_transactions" ADD CONSTRAINT "wallet_transactions_kind" CHECK (
  "kind" IN ('top_up', 'top_up_hold', 'top_up_hold_release', 'top_up_refund', 'charge', 'charge_refund')
  AND ("order_no" IS NOT NULL) = ("kind" IN ('charge', 'charge_refund')));
ALTER TABLE "wallet_orders" ADD CONSTRAINT "wallet_orders_amounts" CHECK (
  "amount" > 0 AND "amount_refunded" >= 0 AND "amount_refunded" <= "amount");
ALTER TABLE "wallet_orders" ADD CONSTRAINT "wallet_orders_status" CHECK (
  "status" IN ('waiting', 'paid', 'refused', 'closed', 'expired')
  AND ("status" = 'paid') = ("paid_at" IS NOT NULL) AND ("status" = 'paid') = ("transaction_no" IS NOT NULL)
  AND ("status" = 'refused') = ("failure_code" IS NOT NULL)
  AND ("status" <> 'paid' OR "wallet_id" IS NOT NULL) AND ("status" = 'paid' OR "amount_refunded" = 0));
ALTER TABLE "counter_orders" ADD CONSTRAINT "counter_orders_amounts" CHECK (
  "amount" > 0 AND "amount_refunded" >= 0 AND "amount_refunded" <= "amount"
  AND ("received_amount" IS NULL OR "received_amount" - "change_amount" = "amount") AND "change_amount" >= 0
  AND ("tender" <> 'pos' OR "change_amount" = 0));
ALTER TABLE "counter_orders" ADD CONSTRAINT "counter_orders_status" CHECK (
  "status" IN ('waiting', 'paid', 'closed', 'expired') AND "tender" IN ('cash', 'pos')
  AND ("status" = 'paid') = ("paid_at" IS NOT NULL) AND ("status" = 'paid') = ("tender" IS NOT NULL)
  AND ("status" = 'paid') = ("received_amount" IS NOT NULL) AND ("status" = 'paid') = ("change_amount" IS NOT NULL)
  AND ("status" = 'paid') = ("cashier" IS NOT NULL) AND ("status" = 'paid' OR "amount_refunded" = 0));
ALTER TABLE "counter_refunds" ADD CONSTRAINT "counter_refunds_status" CHECK (
  "amount" > 0 AND "status" IN ('waiting', 'handed_out')
  AND ("status" = 'handed_out') = ("handed_out_at" IS NOT NULL)
  AND ("status" = 'handed_out') = ("cashier" IS NOT NULL));
ALTER TABLE "counter_entries" ADD CONSTRAINT "counter_entries_kind" CHECK (
  "number" > 0 AND "amount" > 0 AND "tender" IN ('cash', 'pos') AND "kind" IN ('receipt', 'refund')
  AND ("kind" = 'refund') = ("refund_no" IS NOT NULL));
ALTER TABLE "counter_days" ADD CONSTRAINT "counter_days_number" CHECK ("last_number" > 0);

-- What happened to a wallet, and what a counter took in, is never changed: a correction is a new row.
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER "wallet_transactions_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "wallet_transactions"
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER "counter_entries_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "counter_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();

-- A wallet stays its payer's, in its currency; one that was closed stays closed.
CREATE FUNCTION wallet_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status = 'closed'
     OR (NEW.institution_id, NEW.livemode, NEW.id, NEW.app_id, NEW.payer_id, NEW.currency, NEW.created_at)
        IS DISTINCT FROM
        (OLD.institution_id, OLD.livemode, OLD.id, OLD.app_id, OLD.payer_id, OLD.currency, OLD.created_at) THEN
    RAISE EXCEPTION 'wallet %: this change is refused', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "wallets_immutable" BEFORE UPDATE OR DELETE ON "wallets"
  FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();

-- An order that ended stays as it ended; of a paid one only what was given back grows.
CREATE FUNCTION wallet_order_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     OR (OLD.status <> 'waiting' AND (NEW.status <> OLD.status OR NEW.amount_refunded < OLD.amount_refunded))
     OR (NEW.institution_id, NEW.livemode, NEW.order_no, NEW.channel_account_id, NEW.currency, NEW.amount)
        IS DISTINCT FROM
        (OLD.institution_id, OLD.livemode, OLD.order_no, OLD.channel_account_id, OLD.currency, OLD.amount) THEN
    RAISE EXCEPTION 'order % of %: this change is refused', OLD.order_no, TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "wallet_orders_immutable" BEFORE UPDATE OR DELETE ON "wallet_orders"
  FOR EACH ROW EXECUTE FUNCTION wallet_order_refuse_change();
CREATE TRIGGER "counter_orders_immutable" BEFORE UPDATE OR DELETE ON "counter_orders"
  FOR EACH ROW EXECUTE FUNCTION wallet_order_refuse_change();
