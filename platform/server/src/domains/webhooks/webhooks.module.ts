import { Module } from '@nestjs/common'
import { DeliveryController } from './deliveries/delivery.controller.js'
import { DeliveryRepository } from './deliveries/delivery.repository.js'
import { DeliveryService } from './deliveries/delivery.service.js'
import { DeliveryAttemptService } from './deliveries/delivery-attempt.service.js'
import { DeliveryClockFollower } from './deliveries/delivery-clock.follower.js'
import { DeliveryDispatchService } from './deliveries/delivery-dispatch.service.js'
import { DeliveryListRepository } from './deliveries/delivery-list.repository.js'
import { DeliveryRecordService } from './deliveries/delivery-record.service.js'
import { DeliveryResendRepository } from './deliveries/delivery-resend.repository.js'
import { DeliveryResendService } from './deliveries/delivery-resend.service.js'
import { resolveHost } from './deliveries/host.resolver.js'
import { WebhookClient } from './deliveries/webhook.client.js'
import { WebhookSigner } from './deliveries/webhook.signer.js'
import { WebhookDeliverJob } from './deliveries/webhook-deliver.job.js'
import { WebhookRecoverJob } from './deliveries/webhook-recover.job.js'
import { WebhookEndpointController } from './endpoints/webhook-endpoint.controller.js'
import { WebhookEndpointRepository } from './endpoints/webhook-endpoint.repository.js'
import { WebhookEndpointService } from './endpoints/webhook-endpoint.service.js'
import { WebhookSecretRepository } from './endpoints/webhook-secret.repository.js'
import { EventController } from './events/event.controller.js'
import { EventRepository } from './events/event.repository.js'
import { EventService } from './events/event.service.js'
import { EventRelayJob } from './events/event-relay.job.js'
import { EventRelayRepository } from './events/event-relay.repository.js'
import { EventRelayService } from './events/event-relay.service.js'
import { EventWaitingService } from './events/event-waiting.service.js'
import { WebhookGradeController } from './grades/grade.controller.js'
import { WebhookGradeRepository } from './grades/grade.repository.js'
import { WebhookGradeService } from './grades/grade.service.js'
import { GradeRunService } from './grades/grade-run.service.js'
import { WebhookGradeJob } from './grades/webhook-grade.job.js'
import { JwksController } from './jwks.controller.js'
import { WebhookResendController } from './resends/resend.controller.js'
import { WebhookResendRepository } from './resends/resend.repository.js'
import { WebhookResendService } from './resends/resend.service.js'
import { WebhookResendJob } from './resends/webhook-resend.job.js'

/** Needs `Database` and `Vault`, which the processes provide globally. */
@Module({
  controllers: [
    EventController,
    WebhookEndpointController,
    DeliveryController,
    WebhookResendController,
    WebhookGradeController,
    JwksController,
  ],
  providers: [
    EventRepository,
    EventWaitingService,
    EventService,
    EventRelayRepository,
    EventRelayService,
    EventRelayJob,
    WebhookEndpointRepository,
    WebhookSecretRepository,
    WebhookEndpointService,
    DeliveryListRepository,
    DeliveryService,
    DeliveryResendRepository,
    DeliveryResendService,
    WebhookResendRepository,
    WebhookResendService,
    WebhookResendJob,
    WebhookGradeRepository,
    WebhookGradeService,
    GradeRunService,
    WebhookGradeJob,
    DeliveryRepository,
    DeliveryRecordService,
    DeliveryClockFollower,
    WebhookSigner,
    DeliveryAttemptService,
    DeliveryDispatchService,
    { provide: WebhookClient, useFactory: () => new WebhookClient(resolveHost) },
    WebhookDeliverJob,
    WebhookRecoverJob,
  ],
  exports: [
    EventService,
    EventRelayJob,
    WebhookDeliverJob,
    WebhookRecoverJob,
    WebhookResendJob,
    WebhookGradeJob,
  ],
})
export class WebhooksModule {}
