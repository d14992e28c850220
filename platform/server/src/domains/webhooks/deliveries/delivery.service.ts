import { Injectable } from '@nestjs/common'
import type { Caller } from '../../../infra/http/caller.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { WebhookEndpointService } from '../endpoints/webhook-endpoint.service.js'
import {
  type DeliveryListQuery,
  toWireWebhookDelivery,
  type WireWebhookDelivery,
} from './delivery.schema.js'
import { DeliveryListRepository } from './delivery-list.repository.js'

@Injectable()
export class DeliveryService {
  constructor(
    private readonly endpoints: WebhookEndpointService,
    private readonly deliveries: DeliveryListRepository,
  ) {}

  /** Throws `webhook_endpoint_not_found`: whoever owns the endpoint owns its deliveries. */
  async list(
    caller: Caller,
    endpointId: string,
    query: DeliveryListQuery,
  ): Promise<WireList<WireWebhookDelivery>> {
    await this.endpoints.get(caller, endpointId)
    const { status, event_id } = query
    const filter = { ...listFilterOf(query), status, event_id }
    const page = await this.deliveries.list(caller, endpointId, filter)
    return toWireList(page, toWireWebhookDelivery)
  }
}
