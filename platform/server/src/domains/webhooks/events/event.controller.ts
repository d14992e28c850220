import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../../infra/http/decorators.js'
import type { WireList } from '../../../infra/http/wire.schema.js'
import { WebhookDeliveryList, type WireWebhookDelivery } from '../deliveries/delivery.schema.js'
import { DeliveryResendService } from '../deliveries/delivery-resend.service.js'
import { Event, EventList, EventListQuery, ResendEvent, type WireEvent } from './event.schema.js'
import { EventService } from './event.service.js'

@ApiTags('events')
@Controller('v1/events')
export class EventController {
  constructor(
    private readonly events: EventService,
    private readonly resends: DeliveryResendService,
  ) {}

  @Get()
  @Scopes('webhooks:read')
  @ApiOperation({ operationId: 'events.list', summary: 'List events, or listen to them' })
  @ApiOkResponse({ standardSchema: EventList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: EventListQuery }) query: EventListQuery,
  ): Promise<WireList<WireEvent>> {
    return this.events.list(caller, query)
  }

  @Get(':id')
  @Scopes('webhooks:read')
  @ApiOperation({ operationId: 'events.get', summary: 'Get an event' })
  @ApiOkResponse({ standardSchema: Event })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireEvent> {
    return this.events.get(caller, id)
  }

  @Post(':id/resend')
  @HttpCode(200)
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'events.resend',
    summary: 'Send an event to its endpoints again at once',
  })
  @ApiOkResponse({ standardSchema: WebhookDeliveryList })
  resend(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: ResendEvent }) body: ResendEvent,
  ): Promise<WireList<WireWebhookDelivery>> {
    return this.resends.resendEvent(caller, id, body)
  }
}
