-- AlterTable
ALTER TABLE "operators" ADD COLUMN     "disabled_at" TIMESTAMPTZ(3),
ADD COLUMN     "metadata" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "password_changed_at" TIMESTAMPTZ(3),
ADD COLUMN     "totp_enrolled_at" TIMESTAMPTZ(3),
ADD COLUMN     "totp_last_step" BIGINT,
ADD COLUMN     "totp_secret" BYTEA,
ALTER COLUMN "password_hash" DROP NOT NULL;

-- AlterTable
ALTER TABLE "request_logs" ADD COLUMN     "operator_id" TEXT;

-- CreateTable
CREATE TABLE "department_members" (
    "institution_id" TEXT NOT NULL,
    "department_id" TEXT NOT NULL,
    "operator_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "department_members_pkey" PRIMARY KEY ("institution_id","department_id","operator_id","role")
);

-- CreateTable
CREATE TABLE "app_members" (
    "institution_id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "operator_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_members_pkey" PRIMARY KEY ("institution_id","app_id","operator_id")
);

-- CreateTable
CREATE TABLE "operator_sessions" (
    "institution_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "operator_id" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "method" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "authenticated_at" TIMESTAMPTZ(3) NOT NULL,
    "second_factor_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "caller_address" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "operator_sessions_pkey" PRIMARY KEY ("institution_id","id")
);

-- CreateTable
CREATE TABLE "operator_recovery_codes" (
    "institution_id" TEXT NOT NULL,
    "operator_id" TEXT NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "operator_recovery_codes_pkey" PRIMARY KEY ("institution_id","operator_id","code_hash")
);

-- CreateTable
CREATE TABLE "operator_invitations" (
    "institution_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "login" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "roles" TEXT[],
    "departments" JSONB NOT NULL,
    "apps" JSONB NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "operator_id" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "operator_invitations_pkey" PRIMARY KEY ("institution_id","id")
);

-- CreateTable
CREATE TABLE "sign_in_failures" (
    "subject_hash" BYTEA NOT NULL,
    "failures" INTEGER NOT NULL,
    "last_failed_at" TIMESTAMPTZ(3) NOT NULL,
    "locked_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_failures_pkey" PRIMARY KEY ("subject_hash")
);

-- CreateIndex
CREATE INDEX "department_members_institution_id_operator_id_idx" ON "department_members"("institution_id", "operator_id");

-- CreateIndex
CREATE INDEX "app_members_institution_id_operator_id_idx" ON "app_members"("institution_id", "operator_id");

-- CreateIndex
CREATE INDEX "operator_sessions_token_hash_idx" ON "operator_sessions"("token_hash");

-- CreateIndex
CREATE INDEX "operator_sessions_institution_id_operator_id_id_idx" ON "operator_sessions"("institution_id", "operator_id", "id");

-- CreateIndex
CREATE INDEX "operator_sessions_expires_at_idx" ON "operator_sessions"("expires_at");

-- CreateIndex
CREATE INDEX "operator_invitations_token_hash_idx" ON "operator_invitations"("token_hash");

-- CreateIndex
CREATE INDEX "sign_in_failures_last_failed_at_idx" ON "sign_in_failures"("last_failed_at");

-- CreateIndex
CREATE INDEX "operators_login_idx" ON "operators"("login");

-- AddForeignKey
ALTER TABLE "department_members" ADD CONSTRAINT "department_members_institution_id_department_id_fkey" FOREIGN KEY ("institution_id", "department_id") REFERENCES "departments"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "department_members" ADD CONSTRAINT "department_members_institution_id_operator_id_fkey" FOREIGN KEY ("institution_id", "operator_id") REFERENCES "operators"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app_members" ADD CONSTRAINT "app_members_institution_id_app_id_fkey" FOREIGN KEY ("institution_id", "app_id") REFERENCES "apps"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app_members" ADD CONSTRAINT "app_members_institution_id_operator_id_fkey" FOREIGN KEY ("institution_id", "operator_id") REFERENCES "operators"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operator_sessions" ADD CONSTRAINT "operator_sessions_institution_id_operator_id_fkey" FOREIGN KEY ("institution_id", "operator_id") REFERENCES "operators"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operator_recovery_codes" ADD CONSTRAINT "operator_recovery_codes_institution_id_operator_id_fkey" FOREIGN KEY ("institution_id", "operator_id") REFERENCES "operators"("institution_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operator_invitations" ADD CONSTRAINT "operator_invitations_institution_id_fkey" FOREIGN KEY ("institution_id") REFERENCES "institutions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's models cannot say -------------------------------------------------------------------

-- Logins are compared in small letters, so they are kept in small letters.
UPDATE "operators" SET "login" = lower("login") WHERE "login" <> lower("login");
ALTER TABLE "operators"
  ADD CONSTRAINT "operators_login_small_check" CHECK ("login" = lower("login")),
  ADD CONSTRAINT "operators_totp_whole_check"
    CHECK (("totp_secret" IS NULL) = ("totp_enrolled_at" IS NULL)),
  ADD CONSTRAINT "operators_roles_check" CHECK ("roles" <@ ARRAY[
    'platform_admin', 'finance_officer', 'finance_reviewer', 'department_admin', 'developer', 'auditor']);

ALTER TABLE "department_members" ADD CONSTRAINT "department_members_role_check" CHECK ("role" IN (
  'finance_officer', 'finance_reviewer', 'department_admin', 'developer', 'auditor'));
ALTER TABLE "app_members" ADD CONSTRAINT "app_members_role_check"
  CHECK ("role" IN ('owner', 'developer', 'viewer'));

ALTER TABLE "operator_sessions"
  ADD CONSTRAINT "operator_sessions_method_check" CHECK ("method" IN ('local', 'campus')),
  ADD CONSTRAINT "operator_sessions_token_hash_check" CHECK (octet_length("token_hash") = 32),
  ADD CONSTRAINT "operator_sessions_end_check" CHECK (("ended_at" IS NULL) = ("end_reason" IS NULL)),
  ADD CONSTRAINT "operator_sessions_end_reason_check" CHECK ("end_reason" IN (
    'signed_out', 'signed_out_everywhere', 'revoked', 'replaced', 'password_changed', 'disabled'));

ALTER TABLE "operator_invitations"
  ADD CONSTRAINT "operator_invitations_login_small_check" CHECK ("login" = lower("login")),
  ADD CONSTRAINT "operator_invitations_token_hash_check" CHECK (octet_length("token_hash") = 32),
  ADD CONSTRAINT "operator_invitations_accepted_check"
    CHECK (("accepted_at" IS NULL) = ("operator_id" IS NULL)),
  ADD CONSTRAINT "operator_invitations_once_check"
    CHECK ("accepted_at" IS NULL OR "revoked_at" IS NULL),
  ADD CONSTRAINT "operator_invitations_roles_check" CHECK ("roles" <@ ARRAY[
    'platform_admin', 'finance_officer', 'finance_reviewer', 'department_admin', 'developer', 'auditor']);

ALTER TABLE "sign_in_failures"
  ADD CONSTRAINT "sign_in_failures_failures_check" CHECK ("failures" > 0);

-- A session belongs to one person for good, never lives longer than it was given, and never comes back.
CREATE FUNCTION "operator_session_stays_true"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."institution_id" <> OLD."institution_id" OR NEW."id" <> OLD."id"
     OR NEW."operator_id" <> OLD."operator_id" OR NEW."created_at" <> OLD."created_at"
     OR NEW."expires_at" <> OLD."expires_at" THEN
    RAISE EXCEPTION 'a session cannot become another one' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD."ended_at" IS NOT NULL THEN
    RAISE EXCEPTION 'a session that has ended stays ended' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "operator_session_stays_true" BEFORE UPDATE ON "operator_sessions"
  FOR EACH ROW EXECUTE FUNCTION "operator_session_stays_true"();

-- Recovery codes are used once.
CREATE FUNCTION "operator_recovery_code_used_once"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."used_at" IS NOT NULL THEN
    RAISE EXCEPTION 'a recovery code is used once' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "operator_recovery_code_used_once" BEFORE UPDATE ON "operator_recovery_codes"
  FOR EACH ROW EXECUTE FUNCTION "operator_recovery_code_used_once"();
