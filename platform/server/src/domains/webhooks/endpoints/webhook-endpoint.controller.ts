import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../../infra/http/decorators.js'
import type { Reply } from '../../../infra/http/reply.js'
import type { WireList } from '../../../infra/http/wire.schema.js'
import {
  DeliveryListQuery,
  WebhookDeliveryList,
  type WireWebhookDelivery,
} from '../deliveries/delivery.schema.js'
import { DeliveryService } from '../deliveries/delivery.service.js'
import { ResendEvents, WebhookResend, type WireWebhookResend } from '../resends/resend.schema.js'
import { WebhookResendService } from '../resends/resend.service.js'
import {
  CreateWebhookEndpoint,
  DeletedWebhookEndpoint,
  DisableWebhookEndpoint,
  RotateWebhookSecret,
  UpdateWebhookEndpoint,
  WebhookEndpoint,
  WebhookEndpointList,
  WebhookEndpointListQuery,
  type WireWebhookEndpoint,
} from './webhook-endpoint.schema.js'
import { WebhookEndpointService } from './webhook-endpoint.service.js'

@ApiTags('webhook endpoints')
@Controller('v1/webhook_endpoints')
export class WebhookEndpointController {
  constructor(
    private readonly endpoints: WebhookEndpointService,
    private readonly deliveries: DeliveryService,
    private readonly resends: WebhookResendService,
  ) {}

  @Post()
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({ operationId: 'webhookEndpoints.create', summary: 'Create a webhook endpoint' })
  @ApiCreatedResponse({ standardSchema: WebhookEndpoint })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateWebhookEndpoint }) body: CreateWebhookEndpoint,
  ): Promise<Reply<WireWebhookEndpoint>> {
    return this.endpoints.create(caller, body)
  }

  @Get()
  @Scopes('webhooks:read')
  @ApiOperation({ operationId: 'webhookEndpoints.list', summary: 'List webhook endpoints' })
  @ApiOkResponse({ standardSchema: WebhookEndpointList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: WebhookEndpointListQuery }) query: WebhookEndpointListQuery,
  ): Promise<WireList<WireWebhookEndpoint>> {
    return this.endpoints.list(caller, query)
  }

  @Get(':id')
  @Scopes('webhooks:read')
  @ApiOperation({ operationId: 'webhookEndpoints.get', summary: 'Get a webhook endpoint' })
  @ApiOkResponse({ standardSchema: WebhookEndpoint })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireWebhookEndpoint> {
    return this.endpoints.get(caller, id)
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({ operationId: 'webhookEndpoints.update', summary: 'Change a webhook endpoint' })
  @ApiOkResponse({ standardSchema: WebhookEndpoint })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateWebhookEndpoint }) body: UpdateWebhookEndpoint,
  ): Promise<WireWebhookEndpoint> {
    return this.endpoints.update(caller, id, body)
  }

  @Post(':id/rotate_secret')
  @HttpCode(200)
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'webhookEndpoints.rotateSecret',
    summary: 'Give an endpoint a new secret, told once; the old one signs as well for a while',
  })
  @ApiOkResponse({ standardSchema: WebhookEndpoint })
  rotateSecret(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: RotateWebhookSecret }) body: RotateWebhookSecret,
  ): Promise<WireWebhookEndpoint> {
    return this.endpoints.rotateSecret(caller, id, body)
  }

  @Post(':id/expire_old_secrets')
  @HttpCode(200)
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'webhookEndpoints.expireOldSecrets',
    summary: 'Let only the present secret sign, from now on',
  })
  @ApiOkResponse({ standardSchema: WebhookEndpoint })
  expireOldSecrets(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
  ): Promise<WireWebhookEndpoint> {
    return this.endpoints.expireOldSecrets(caller, id)
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'webhookEndpoints.disable',
    summary: 'Send nothing more to an endpoint; what is waiting is cancelled',
  })
  @ApiOkResponse({ standardSchema: WebhookEndpoint })
  disable(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: DisableWebhookEndpoint }) body: DisableWebhookEndpoint,
  ): Promise<WireWebhookEndpoint> {
    return this.endpoints.disable(caller, id, body)
  }

  @Post(':id/enable')
  @HttpCode(200)
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({ operationId: 'webhookEndpoints.enable', summary: 'Send to an endpoint again' })
  @ApiOkResponse({ standardSchema: WebhookEndpoint })
  enable(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireWebhookEndpoint> {
    return this.endpoints.enable(caller, id)
  }

  @Post(':id/resend')
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'webhookEndpoints.resend',
    summary: 'Send the events of a time to an endpoint again, in the background',
  })
  @ApiCreatedResponse({ standardSchema: WebhookResend })
  resend(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: ResendEvents }) body: ResendEvents,
  ): Promise<Reply<WireWebhookResend>> {
    return this.resends.create(caller, id, body)
  }

  @Delete(':id')
  @Scopes('webhooks:write')
  @ApiOperation({ operationId: 'webhookEndpoints.delete', summary: 'Delete a webhook endpoint' })
  @ApiOkResponse({ standardSchema: DeletedWebhookEndpoint })
  delete(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
  ): Promise<DeletedWebhookEndpoint> {
    return this.endpoints.delete(caller, id)
  }

  @Get(':id/deliveries')
  @Scopes('webhooks:read')
  @ApiOperation({
    operationId: 'webhookEndpoints.listDeliveries',
    summary: 'List what was or will be sent to an endpoint, with every attempt',
  })
  @ApiOkResponse({ standardSchema: WebhookDeliveryList })
  listDeliveries(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query({ schema: DeliveryListQuery }) query: DeliveryListQuery,
  ): Promise<WireList<WireWebhookDelivery>> {
    return this.deliveries.list(caller, id, query)
  }
}
