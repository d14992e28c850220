import { Module } from '@nestjs/common'
import { DeliveryRepository } from './deliveries/delivery.repository.js'
import { DeliveryService } from './deliveries/delivery.service.js'
import { DeliveryAttemptService } from './deliveries/delivery-attempt.service.js'
import { DeliveryClockFollower } from './deliveries/delivery-clock.follower.js'
import { DeliveryDispatchService } from './deliveries/delivery-dispatch.service.js'
import { DeliveryListRepository } from './deliveries/delivery-list.repository.js'
import { DeliveryRecordService } from './deliveries/delivery-record.service.js'
import { resolveHost } from './deliveries/host.resolver.js'
import { WebhookClient } from './deliveries/webhook.client.js'
import { WebhookDeliverJob } from './deliveries/webhook-deliver.job.js'
import { WebhookRecoverJob } from './deliveries/webhook-recover.job.js'
import { WebhookEndpointController } from './endpoints/webhook-endpoint.controller.js'
import { WebhookEndpointRepository } from './endpoints/webhook-endpoint.repository.js'
import { WebhookEndpointService } from './endpoints/webhook-endpoint.service.js'
import { EventController } from './events/event.controller.js'
import { EventRepository } from './events/event.repository.js'
import { EventService } from './events/event.service.js'
import { EventRelayJob } from './events/event-relay.job.js'
import { EventRelayRepository } from './events/event-relay.repository.js'
import { EventRelayService } from './events/event-relay.service.js'
import { JwksController } from './jwks.controller.js'

/** Needs `Database` and `Vault`, which the processes provide globally. */
@Module({
  controllers: [EventController, WebhookEndpointController, JwksController],
  providers: [
    EventRepository,
    EventService,
    EventRelayRepository,
    EventRelayService,
    EventRelayJob,
    WebhookEndpointRepository,
    WebhookEndpointService,
    DeliveryListRepository,
    DeliveryService,
    DeliveryRepository,
    DeliveryRecordService,
    DeliveryClockFollower,
    DeliveryAttemptService,
    DeliveryDispatchService,
    { provide: WebhookClient, useFactory: () => new WebhookClient(resolveHost) },
    WebhookDeliverJob,
    WebhookRecoverJob,
  ],
  exports: [EventRelayJob, WebhookDeliverJob, WebhookRecoverJob],
})
export class WebhooksModule {}
