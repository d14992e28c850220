import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../../infra/http/decorators.js'
import type { WireList } from '../../../infra/http/wire.schema.js'
import {
  AppDeliveryListQuery,
  WebhookDelivery,
  WebhookDeliveryList,
  type WireWebhookDelivery,
} from './delivery.schema.js'
import { DeliveryService } from './delivery.service.js'
import { DeliveryResendService } from './delivery-resend.service.js'

@ApiTags('webhook deliveries')
@Controller('v1/webhook_deliveries')
export class DeliveryController {
  constructor(
    private readonly deliveries: DeliveryService,
    private readonly resends: DeliveryResendService,
  ) {}

  @Get()
  @Scopes('webhooks:read')
  @ApiOperation({
    operationId: 'webhookDeliveries.list',
    summary: 'List what was or will be sent to all endpoints, newest first',
  })
  @ApiOkResponse({ standardSchema: WebhookDeliveryList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: AppDeliveryListQuery }) query: AppDeliveryListQuery,
  ): Promise<WireList<WireWebhookDelivery>> {
    return this.deliveries.listAll(caller, query)
  }

  @Get(':id')
  @Scopes('webhooks:read')
  @ApiOperation({
    operationId: 'webhookDeliveries.get',
    summary: 'Get a delivery with every attempt',
  })
  @ApiOkResponse({ standardSchema: WebhookDelivery })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireWebhookDelivery> {
    return this.deliveries.get(caller, id)
  }

  @Post(':id/resend')
  @HttpCode(200)
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'webhookDeliveries.resend',
    summary: 'Send a delivery again at once, whatever became of it',
  })
  @ApiOkResponse({ standardSchema: WebhookDelivery })
  resend(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireWebhookDelivery> {
    return this.resends.resend(caller, id)
  }
}
