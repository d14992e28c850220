import { BILL_ERRORS } from '../domains/bills/bill.errors.js'
import { FEE_ITEM_ERRORS } from '../domains/bills/fee-item.errors.js'
import { CASHIER_ERRORS } from '../domains/cashier/cashier.errors.js'
import { COUNTER_ERRORS } from '../domains/channels/cash/counter.errors.js'
import { CHANNEL_ERRORS } from '../domains/channels/channel.errors.js'
import { CONSOLE_ACCESS_ERRORS } from '../domains/console-access/console-access.errors.js'
import { GO_LIVE_ERRORS } from '../domains/go-live/go-live.errors.js'
import { APP_ERRORS } from '../domains/identity/apps/app.errors.js'
import { IDENTITY_ERRORS } from '../domains/identity/identity.errors.js'
import { OPERATOR_ERRORS } from '../domains/identity/operators/operator.errors.js'
import { LEDGER_ERRORS } from '../domains/ledger/ledger.errors.js'
import { PAYER_ACCESS_ERRORS } from '../domains/payer-access/payer-access.errors.js'
import { PAYER_ERRORS } from '../domains/payers/payer.errors.js'
import { PAYMENT_LIMIT_ERRORS } from '../domains/payments/limits/payment-limit.errors.js'
import { PAYMENT_ERRORS } from '../domains/payments/payment.errors.js'
import { REFUND_ERRORS } from '../domains/refunds/refund.errors.js'
import { EXPORT_ERRORS } from '../domains/reports/exports/export.errors.js'
import { REQUEST_LOG_ERRORS } from '../domains/request-log/request-log.errors.js'
import { EVENT_TRIGGER_ERRORS } from '../domains/sandbox/event-trigger.errors.js'
import { SIMULATION_ERRORS } from '../domains/sandbox/simulation.errors.js'
import { TEST_CLOCK_ERRORS } from '../domains/sandbox/test-clock.errors.js'
import { WALLET_ERRORS } from '../domains/wallets/wallet.errors.js'
import { WEBHOOK_ERRORS } from '../domains/webhooks/webhook.errors.js'
import { SESSION_ERRORS } from '../gateway/authentication/session/session.errors.js'
import { SIGNATURE_ERRORS } from '../gateway/authentication/signature/signature.errors.js'
import { TOKEN_ERRORS } from '../gateway/authentication/token/token.errors.js'
import { RATE_LIMIT_ERRORS } from '../gateway/rate-limit/rate-limit.errors.js'
import { HTTP_ERRORS } from '../infra/http/http.errors.js'
import { JSON_ERRORS } from '../infra/http/strict-json.js'
import { IDEMPOTENCY_ERRORS } from '../infra/idempotency/idempotency.service.js'
import type { ErrorSpec } from '../kernel/errors.js'

/** Every code a caller may meet: one catalogue for the server, the OpenAPI document, the docs and the SDK. */
export const ERROR_CATALOGUE: Readonly<Record<string, ErrorSpec>> = {
  ...HTTP_ERRORS,
  ...JSON_ERRORS,
  ...SIGNATURE_ERRORS,
  ...RATE_LIMIT_ERRORS,
  ...TOKEN_ERRORS,
  ...SESSION_ERRORS,
  ...IDEMPOTENCY_ERRORS,
  ...IDENTITY_ERRORS,
  ...APP_ERRORS,
  ...OPERATOR_ERRORS,
  ...REQUEST_LOG_ERRORS,
  ...CHANNEL_ERRORS,
  ...LEDGER_ERRORS,
  ...COUNTER_ERRORS,
  ...PAYER_ERRORS,
  ...WALLET_ERRORS,
  ...FEE_ITEM_ERRORS,
  ...BILL_ERRORS,
  ...PAYMENT_ERRORS,
  ...PAYMENT_LIMIT_ERRORS,
  ...REFUND_ERRORS,
  ...CASHIER_ERRORS,
  ...PAYER_ACCESS_ERRORS,
  ...CONSOLE_ACCESS_ERRORS,
  ...WEBHOOK_ERRORS,
  ...EXPORT_ERRORS,
  ...SIMULATION_ERRORS,
  ...EVENT_TRIGGER_ERRORS,
  ...TEST_CLOCK_ERRORS,
  ...GO_LIVE_ERRORS,
}

export const ERROR_CODES: readonly string[] = Object.keys(ERROR_CATALOGUE).sort()
