import { Body, Controller, Get, Post } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, TestModeOnly } from '../../infra/http/decorators.js'
import type { Reply } from '../../infra/http/reply.js'
import { CreateTestPayer, TestPayer, TestPayerList } from './test-payer.schema.js'
import { TestPayerService } from './test-payer.service.js'

@ApiTags('test_helpers')
@TestModeOnly()
@Controller('v1/test_helpers/payers')
export class TestPayerController {
  constructor(private readonly payers: TestPayerService) {}

  @Get()
  @Scopes('payers:read')
  @ApiOperation({
    operationId: 'testHelpers.payers.list',
    summary: 'List people to pay with, their wallets and how they sign in',
  })
  @ApiOkResponse({ standardSchema: TestPayerList })
  list(@CurrentCaller() caller: Caller): Promise<TestPayerList> {
    return this.payers.list(caller)
  }

  @Post()
  @Scopes('payers:write', 'wallets:write')
  @Idempotent()
  @ApiOperation({ operationId: 'testHelpers.payers.create', summary: 'Make one more' })
  @ApiCreatedResponse({ standardSchema: TestPayer })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateTestPayer }) body: CreateTestPayer,
  ): Promise<Reply<TestPayer>> {
    return this.payers.create(caller, body)
  }
}
