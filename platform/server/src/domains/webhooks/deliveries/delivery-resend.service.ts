import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { isId } from '../../../kernel/id.js'
import { WebhookEndpointService } from '../endpoints/webhook-endpoint.service.js'
import type { ResendEvent } from '../events/event.schema.js'
import { EventService } from '../events/event.service.js'
import { WebhookError } from '../webhook.errors.js'
import { toWireWebhookDelivery, type WireWebhookDelivery } from './delivery.schema.js'
import { deliveryNotFound } from './delivery.service.js'
import { DeliveryListRepository, type ListedDelivery } from './delivery-list.repository.js'
import { DeliveryResendRepository } from './delivery-resend.repository.js'

/** Every round is up to eleven attempts, and all of them are shown. */
const ATTEMPTS_MAX = 500

/** Sends single events again, because somebody asks for it. */
@Injectable()
export class DeliveryResendService {
  constructor(
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointService,
    private readonly events: EventService,
    private readonly deliveries: DeliveryListRepository,
    private readonly resends: DeliveryResendRepository,
  ) {}

  /**
   * Throws `webhook_delivery_not_found`, `webhook_endpoint_disabled`,
   * `webhook_delivery_resend_limit_reached`.
   */
  async resend(caller: Caller, id: string): Promise<WireWebhookDelivery> {
    const delivery = isId(id, 'dlv') ? await this.deliveries.find(caller, id) : null
    if (!delivery) throw deliveryNotFound(id)
    await this.endpoints.requireEnabled(caller, delivery.endpoint_id)
    requireRoom(delivery)
    const sent = await this.send(caller, delivery.event_id, delivery.event_type, [
      delivery.endpoint_id,
    ])
    return toWireWebhookDelivery(sent[0] ?? delivery)
  }

  /**
   * To one endpoint, or to all that are enabled and want events of its type.
   * Throws `event_not_found`, `webhook_endpoint_not_found`, `webhook_endpoint_disabled`,
   * `event_resend_not_possible`, `webhook_delivery_resend_limit_reached`.
   */
  async resendEvent(
    caller: Caller,
    eventId: string,
    { endpoint }: ResendEvent,
  ): Promise<WireList<WireWebhookDelivery>> {
    const event = await this.events.get(caller, eventId)
    if (endpoint !== undefined) await this.endpoints.requireEnabled(caller, endpoint)
    const endpoints =
      endpoint === undefined ? await this.endpoints.idsFor(caller, event.type) : [endpoint]
    if (endpoints.length === 0) {
      throw new WebhookError(
        'event_resend_not_possible',
        `No endpoint is enabled and wants ${event.type}. Name one with "endpoint", or add one.`,
      )
    }
    for (const known of await this.deliveries.ofEvent(caller, eventId)) {
      if (endpoints.includes(known.endpoint_id)) requireRoom(known)
    }
    const sent = await this.send(caller, eventId, event.type, endpoints)
    return toWireList({ rows: sent, next_cursor: null }, toWireWebhookDelivery)
  }

  private async send(
    { institution_id, livemode, app_id, ...caller }: Caller,
    event_id: string,
    event_type: string,
    endpoints: readonly string[],
  ): Promise<readonly ListedDelivery[]> {
    const wanted = endpoints.map((endpoint_id) => ({
      ...{ institution_id, livemode, app_id, endpoint_id, event_id, event_type },
    }))
    const ids = await this.database.transaction((tx) => this.resends.send(tx, wanted))
    const all = await this.deliveries.ofEvent(
      { ...caller, institution_id, livemode, app_id },
      event_id,
    )
    return all.filter(({ id }) => ids.includes(id))
  }
}

function requireRoom({ attempt_count }: { readonly attempt_count: number }): void {
  if (attempt_count < ATTEMPTS_MAX) return
  throw new WebhookError(
    'webhook_delivery_resend_limit_reached',
    `This delivery was tried ${attempt_count} times. Ask for the event instead (GET /v1/events/{id}).`,
  )
}
