-- AlterTable
ALTER TABLE "fee_items" ADD COLUMN     "revenue_split" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "ledger_transactions" ADD COLUMN     "corrects_id" TEXT;

-- CreateTable
CREATE TABLE "ledger_unsealed" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "transaction_id" TEXT NOT NULL,

    CONSTRAINT "ledger_unsealed_pkey" PRIMARY KEY ("institution_id","livemode","transaction_id")
);

-- CreateTable
CREATE TABLE "ledger_chain" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "position" BIGINT NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "sealed_on" DATE NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_chain_pkey" PRIMARY KEY ("institution_id","livemode","position")
);

-- CreateTable
CREATE TABLE "ledger_snapshots" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "account_code" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "debits" BIGINT NOT NULL,
    "credits" BIGINT NOT NULL,
    "position" BIGINT NOT NULL,

    CONSTRAINT "ledger_snapshots_pkey" PRIMARY KEY ("institution_id","livemode","account_code","currency")
);

-- CreateTable
CREATE TABLE "ledger_roots" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "business_date" DATE NOT NULL,
    "position" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_roots_pkey" PRIMARY KEY ("institution_id","livemode","business_date")
);

-- CreateTable
CREATE TABLE "ledger_corrections" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "corrects_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "entries" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "transaction_id" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_corrections_pkey" PRIMARY KEY ("institution_id","livemode","id")
);

-- CreateTable
CREATE TABLE "payment_splits" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "payment_id" TEXT NOT NULL,
    "item_position" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "department_id" TEXT NOT NULL,
    "share" INTEGER NOT NULL,
    "amount" BIGINT NOT NULL,
    "amount_refunded" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "payment_splits_pkey" PRIMARY KEY ("institution_id","livemode","payment_id","item_position","position")
);

-- CreateIndex
CREATE UNIQUE INDEX "ledger_chain_institution_id_livemode_transaction_id_key" ON "ledger_chain"("institution_id", "livemode", "transaction_id");

-- CreateIndex
CREATE INDEX "ledger_corrections_institution_id_livemode_corrects_id_idx" ON "ledger_corrections"("institution_id", "livemode", "corrects_id");

-- AddForeignKey
ALTER TABLE "ledger_snapshots" ADD CONSTRAINT "ledger_snapshots_institution_id_livemode_account_code_curr_fkey" FOREIGN KEY ("institution_id", "livemode", "account_code", "currency") REFERENCES "ledger_accounts"("institution_id", "livemode", "code", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_splits" ADD CONSTRAINT "payment_splits_institution_id_livemode_payment_id_item_pos_fkey" FOREIGN KEY ("institution_id", "livemode", "payment_id", "item_position") REFERENCES "payment_items"("institution_id", "livemode", "payment_id", "position") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's models cannot say -------------------------------------------------------------------

ALTER TABLE "ledger_chain" ADD CONSTRAINT "ledger_chain_transaction_fkey"
  FOREIGN KEY ("institution_id", "livemode", "transaction_id")
  REFERENCES "ledger_transactions" ("institution_id", "livemode", "id") ON DELETE RESTRICT;
ALTER TABLE "ledger_chain" ADD CONSTRAINT "ledger_chain_shape" CHECK ("position" > 0 AND length("hash") = 32);
ALTER TABLE "ledger_roots" ADD CONSTRAINT "ledger_roots_shape" CHECK ("position" > 0 AND length("hash") = 32);
ALTER TABLE "ledger_snapshots" ADD CONSTRAINT "ledger_snapshots_amounts" CHECK (
  "debits" >= 0 AND "credits" >= 0 AND "position" > 0);
ALTER TABLE "payment_splits" ADD CONSTRAINT "payment_splits_amounts" CHECK (
  "share" > 0 AND "amount" >= 0 AND "amount_refunded" >= 0 AND "amount_refunded" <= "amount");
-- A correction names what it corrects, and nothing else does.
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_corrects" CHECK (
  ("kind" IN ('reversal', 'move')) = ("corrects_id" IS NOT NULL));
CREATE INDEX "ledger_transactions_corrections" ON "ledger_transactions" ("institution_id", "livemode", "corrects_id")
  WHERE "corrects_id" IS NOT NULL;
ALTER TABLE "ledger_corrections" ADD CONSTRAINT "ledger_corrections_shape" CHECK (
  "kind" IN ('reversal', 'move') AND "status" IN ('awaiting_approval', 'posted', 'rejected')
  AND "reason" <> ''
  AND ("status" = 'posted') = ("transaction_id" IS NOT NULL)
  AND ("status" = 'awaiting_approval') = ("decided_by" IS NULL)
  AND ("decided_by" IS NULL) = ("decided_at" IS NULL)
  -- Nobody approves what they asked for themselves.
  AND NOT ("status" = 'posted' AND "decided_by" = "requested_by"));
ALTER TABLE "ledger_corrections" ADD CONSTRAINT "ledger_corrections_transaction_fkey"
  FOREIGN KEY ("institution_id", "livemode", "corrects_id")
  REFERENCES "ledger_transactions" ("institution_id", "livemode", "id") ON DELETE RESTRICT;
-- A transaction is reversed once; one that was asked for and not refused counts.
CREATE UNIQUE INDEX "ledger_corrections_one_reversal" ON "ledger_corrections" ("institution_id", "livemode", "corrects_id")
  WHERE "kind" = 'reversal' AND "status" <> 'rejected';

CREATE TRIGGER "ledger_chain_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_chain"
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER "ledger_roots_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_roots"
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- What the approver saw is what is booked, and a decision is final.
CREATE FUNCTION ledger_keep_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status <> 'awaiting_approval'
     OR (NEW.institution_id, NEW.livemode, NEW.id, NEW.app_id, NEW.kind, NEW.corrects_id, NEW.reason, NEW.currency,
         NEW.entries, NEW.requested_by, NEW.created_at) IS DISTINCT FROM
        (OLD.institution_id, OLD.livemode, OLD.id, OLD.app_id, OLD.kind, OLD.corrects_id, OLD.reason, OLD.currency,
         OLD.entries, OLD.requested_by, OLD.created_at) THEN
    RAISE EXCEPTION 'correction %: only the decision on it can be written, once', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "ledger_corrections_kept" BEFORE UPDATE OR DELETE ON "ledger_corrections"
  FOR EACH ROW EXECUTE FUNCTION ledger_keep_correction();

-- A split is frozen with its payment: only what refunds take back changes.
CREATE FUNCTION payment_keep_split() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR
     (NEW.institution_id, NEW.livemode, NEW.payment_id, NEW.item_position, NEW.position, NEW.department_id,
      NEW.share, NEW.amount) IS DISTINCT FROM
     (OLD.institution_id, OLD.livemode, OLD.payment_id, OLD.item_position, OLD.position, OLD.department_id,
      OLD.share, OLD.amount) THEN
    RAISE EXCEPTION 'the split of payment % is frozen', OLD.payment_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "payment_splits_kept" BEFORE UPDATE OR DELETE ON "payment_splits"
  FOR EACH ROW EXECUTE FUNCTION payment_keep_split();

-- Whoever posts, also an older server, leaves word for whoever seals. No row that others wait for is touched.
CREATE FUNCTION ledger_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_unsealed (institution_id, livemode, transaction_id)
    SELECT institution_id, livemode, id FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER "ledger_transactions_await_seal" AFTER INSERT ON "ledger_transactions"
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_await_seal();
INSERT INTO "ledger_unsealed" ("institution_id", "livemode", "transaction_id")
  SELECT "institution_id", "livemode", "id" FROM "ledger_transactions";
-- Rows come and go here with every transaction: it is cleaned when little is dead, and planned as if it held many.
ALTER TABLE "ledger_unsealed" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
