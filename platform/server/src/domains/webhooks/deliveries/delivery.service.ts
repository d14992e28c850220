import { Injectable } from '@nestjs/common'
import type { Caller } from '../../../infra/http/caller.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { isId } from '../../../kernel/id.js'
import { WebhookEndpointService } from '../endpoints/webhook-endpoint.service.js'
import { WebhookError } from '../webhook.errors.js'
import {
  type AppDeliveryListQuery,
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
    return this.listAll(caller, { ...query, endpoint_id: endpointId })
  }

  /** Of all endpoints, also of those that were deleted. */
  async listAll(
    caller: Caller,
    query: AppDeliveryListQuery,
  ): Promise<WireList<WireWebhookDelivery>> {
    const { status, event_id, event_type, endpoint_id } = query
    const filter = { ...listFilterOf(query), status, event_id, event_type, endpoint_id }
    const page = await this.deliveries.list(caller, filter)
    return toWireList(page, toWireWebhookDelivery)
  }

  /** Throws `webhook_delivery_not_found`. */
  async get(caller: Caller, id: string): Promise<WireWebhookDelivery> {
    const row = isId(id, 'dlv') ? await this.deliveries.find(caller, id) : null
    if (row) return toWireWebhookDelivery(row)
    throw deliveryNotFound(id)
  }
}

export function deliveryNotFound(id: string): WebhookError {
  const message = `No such delivery, or it is not yours: ${id}.`
  return new WebhookError('webhook_delivery_not_found', message)
}
