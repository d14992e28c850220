-- What was sent, and what was to be sent again, is set aside with the sandbox that it belongs to, and never in live mode.
CREATE TRIGGER "webhook_deliveries_keep_app" BEFORE UPDATE OF "app_id" ON "webhook_deliveries"
  FOR EACH ROW EXECUTE FUNCTION app_keeps_what_is_its_own();
CREATE TRIGGER "webhook_resends_keep_app" BEFORE UPDATE OF "app_id" ON "webhook_resends"
  FOR EACH ROW EXECUTE FUNCTION app_keeps_what_is_its_own();
