import type { INestApplicationContext } from '@nestjs/common'
import { BillExpireJob } from '../domains/bills/bill-expire.job.js'
import { ChannelIncidentCleanJob } from '../domains/channels/incidents/channel-incident-clean.job.js'
import { ApiKeyExpiringJob } from '../domains/identity/api-key-expiring.job.js'
import { OperatorSessionCleanJob } from '../domains/identity/operators/operator-session-clean.job.js'
import { LedgerRootJob } from '../domains/ledger/ledger-root.job.js'
import { LedgerSealJob } from '../domains/ledger/ledger-seal.job.js'
import { PayerSessionCleanJob } from '../domains/payer-access/payer-session-clean.job.js'
import { PaymentExpireJob } from '../domains/payments/payment-expire.job.js'
import { PaymentQueryJob } from '../domains/payments/payment-query.job.js'
import { LateSuccessRefundJob } from '../domains/refunds/late-success-refund.job.js'
import { RefundPollJob } from '../domains/refunds/refund-poll.job.js'
import { ExportCleanJob } from '../domains/reports/exports/export-clean.job.js'
import { ExportWriteJob } from '../domains/reports/exports/export-write.job.js'
import { RequestLogPartitionJob } from '../domains/request-log/request-log-partition.job.js'
import { WebhookDeliverJob } from '../domains/webhooks/deliveries/webhook-deliver.job.js'
import { WebhookRecoverJob } from '../domains/webhooks/deliveries/webhook-recover.job.js'
import { EventRelayJob } from '../domains/webhooks/events/event-relay.job.js'
import { WebhookGradeJob } from '../domains/webhooks/grades/webhook-grade.job.js'
import { WebhookResendJob } from '../domains/webhooks/resends/webhook-resend.job.js'
import { IdempotencyCleanJob } from '../infra/idempotency/idempotency-clean.job.js'
import type { JobHandler, PeriodicTask } from '../infra/jobs/jobs.js'
import { OauthCleanJob } from '../infra/oauth/oauth-clean.job.js'

/** Work that is queued as jobs. */
export function jobHandlers(app: INestApplicationContext): JobHandler[] {
  return [
    PaymentQueryJob,
    RefundPollJob,
    LateSuccessRefundJob,
    WebhookDeliverJob,
    WebhookResendJob,
    WebhookGradeJob,
    ExportWriteJob,
  ].map((job: new (...dependencies: never[]) => JobHandler) => app.get(job))
}

/** Work that repeats. */
export function periodicTasks(app: INestApplicationContext): PeriodicTask[] {
  return [
    EventRelayJob,
    LedgerSealJob,
    LedgerRootJob,
    WebhookRecoverJob,
    PaymentExpireJob,
    BillExpireJob,
    ApiKeyExpiringJob,
    ChannelIncidentCleanJob,
    PayerSessionCleanJob,
    OperatorSessionCleanJob,
    IdempotencyCleanJob,
    OauthCleanJob,
    RequestLogPartitionJob,
    ExportCleanJob,
  ].map((task: new (...dependencies: never[]) => PeriodicTask) => app.get(task))
}
