-- Partitioned by the day that the id carries, which Prisma cannot say: the generated CREATE TABLE, edited by hand.
-- The days' partitions are made by the platform (request-log-partition.repository.ts), at every start and ahead of time.
-- CreateTable
CREATE TABLE "request_logs" (
    "institution_id" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "app_id" TEXT NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "department_id" TEXT,
    "key_id" TEXT,
    "credential" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "route" TEXT,
    "path" TEXT NOT NULL,
    "query" TEXT,
    "status" SMALLINT NOT NULL,
    "duration_us" INTEGER NOT NULL,
    "error_code" TEXT,
    "idempotency_key" TEXT,
    "is_replay" BOOLEAN NOT NULL,
    "object_id" TEXT,
    "api_version" TEXT,
    "caller_address" TEXT,
    "user_agent" TEXT,
    "signature_algorithm" TEXT,
    "signature_base" TEXT,
    "signature" TEXT,
    "sealed_base" BYTEA,
    "request_headers" TEXT NOT NULL,
    "request_body" TEXT,
    "request_body_bytes" INTEGER NOT NULL,
    "request_body_sha256" TEXT,
    "response_headers" TEXT NOT NULL,
    "response_body" TEXT,
    "response_body_bytes" INTEGER NOT NULL,

    CONSTRAINT "request_logs_pkey" PRIMARY KEY ("institution_id","livemode","app_id","id")
        INCLUDE ("status","method","route","path","key_id")
) PARTITION BY RANGE ("id");

-- The key carries what calls are searched by most, so that such a search reads the index alone. What finds few calls among
-- many has an index of its own, over those calls only.
CREATE INDEX "request_logs_object_id_idx"
    ON "request_logs" ("institution_id","livemode","app_id","object_id","id") WHERE "object_id" IS NOT NULL;
CREATE INDEX "request_logs_idempotency_key_idx"
    ON "request_logs" ("institution_id","livemode","app_id","idempotency_key","id") WHERE "idempotency_key" IS NOT NULL;
CREATE INDEX "request_logs_error_code_idx"
    ON "request_logs" ("institution_id","livemode","app_id","error_code","id") WHERE "error_code" IS NOT NULL;
CREATE INDEX "request_logs_refused_idx"
    ON "request_logs" ("institution_id","livemode","app_id","status","id") WHERE "status" >= 400;

-- A call of a day without a partition goes here and is moved when the day gets one: none is lost.
CREATE TABLE "request_logs_default" PARTITION OF "request_logs" DEFAULT;
