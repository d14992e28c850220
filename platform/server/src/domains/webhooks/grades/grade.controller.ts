import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, TestModeOnly } from '../../../infra/http/decorators.js'
import type { Reply } from '../../../infra/http/reply.js'
import type { WireList } from '../../../infra/http/wire.schema.js'
import {
  CreateWebhookGrade,
  WebhookGrade,
  WebhookGradeList,
  WebhookGradeListQuery,
  type WireWebhookGrade,
} from './grade.schema.js'
import { WebhookGradeService } from './grade.service.js'

@ApiTags('test_helpers')
@TestModeOnly()
@Controller('v1/test_helpers/webhook_grades')
export class WebhookGradeController {
  constructor(private readonly grades: WebhookGradeService) {}

  @Post()
  @Scopes('webhooks:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'testHelpers.webhookGrades.create',
    summary: 'Grade a receiver: send it right and wrong messages and see what it does',
  })
  @ApiCreatedResponse({ standardSchema: WebhookGrade })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateWebhookGrade }) body: CreateWebhookGrade,
  ): Promise<Reply<WireWebhookGrade>> {
    return this.grades.create(caller, body)
  }

  @Get()
  @Scopes('webhooks:read')
  @ApiOperation({ operationId: 'testHelpers.webhookGrades.list', summary: 'List grades' })
  @ApiOkResponse({ standardSchema: WebhookGradeList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: WebhookGradeListQuery }) query: WebhookGradeListQuery,
  ): Promise<WireList<WireWebhookGrade>> {
    return this.grades.list(caller, query)
  }

  @Get(':id')
  @Scopes('webhooks:read')
  @ApiOperation({ operationId: 'testHelpers.webhookGrades.get', summary: 'Get a grade' })
  @ApiOkResponse({ standardSchema: WebhookGrade })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireWebhookGrade> {
    return this.grades.get(caller, id)
  }
}
