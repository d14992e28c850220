import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, TestModeOnly } from '../../infra/http/decorators.js'
import {
  AdvanceTestClock,
  CreateTestClock,
  DeletedTestClock,
  TestClock,
  TestClockList,
} from './test-clock.schema.js'
import { TestClockService } from './test-clock.service.js'

@ApiTags('test_helpers')
@TestModeOnly()
@Controller('v1/test_helpers/clocks')
export class TestClockController {
  constructor(private readonly clocks: TestClockService) {}

  @Post()
  @Scopes('payments:write')
  @Idempotent()
  @ApiOperation({ operationId: 'testHelpers.clocks.create', summary: 'Give the app a clock' })
  @ApiCreatedResponse({ standardSchema: TestClock })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateTestClock }) body: CreateTestClock,
  ) {
    return this.clocks.create(caller, body)
  }

  @Get()
  @Scopes('payments:read')
  @ApiOperation({ operationId: 'testHelpers.clocks.list', summary: 'List the app’s clock' })
  @ApiOkResponse({ standardSchema: TestClockList })
  list(@CurrentCaller() caller: Caller): Promise<TestClockList> {
    return this.clocks.list(caller)
  }

  @Get(':id')
  @Scopes('payments:read')
  @ApiOperation({ operationId: 'testHelpers.clocks.get', summary: 'Get a test clock' })
  @ApiOkResponse({ standardSchema: TestClock })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<TestClock> {
    return this.clocks.get(caller, id)
  }

  @Post(':id/advance')
  @HttpCode(200)
  @Scopes('payments:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'testHelpers.clocks.advance',
    summary: 'Set a test clock forward',
  })
  @ApiOkResponse({ standardSchema: TestClock })
  advance(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: AdvanceTestClock }) body: AdvanceTestClock,
  ): Promise<TestClock> {
    return this.clocks.advance(caller, id, body)
  }

  @Delete(':id')
  @Scopes('payments:write')
  @ApiOperation({ operationId: 'testHelpers.clocks.delete', summary: 'Go back to the real time' })
  @ApiOkResponse({ standardSchema: DeletedTestClock })
  delete(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<DeletedTestClock> {
    return this.clocks.remove(caller, id)
  }
}
