import { Controller, Get, Param } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Scopes } from '../../../infra/http/decorators.js'
import { WebhookResend, type WireWebhookResend } from './resend.schema.js'
import { WebhookResendService } from './resend.service.js'

@ApiTags('webhook endpoints')
@Controller('v1/webhook_resends')
export class WebhookResendController {
  constructor(private readonly resends: WebhookResendService) {}

  @Get(':id')
  @Scopes('webhooks:read')
  @ApiOperation({
    operationId: 'webhookResends.get',
    summary: 'See how far sending events of a time again has come',
  })
  @ApiOkResponse({ standardSchema: WebhookResend })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireWebhookResend> {
    return this.resends.get(caller, id)
  }
}
