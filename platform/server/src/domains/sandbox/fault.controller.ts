import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, TestModeOnly } from '../../infra/http/decorators.js'
import { FaultList, FaultTarget, MagicAmountList, SetFault, WireFault } from './fault.schema.js'
import { FaultService } from './fault.service.js'

@ApiTags('test_helpers')
@TestModeOnly()
@Controller('v1/test_helpers')
export class FaultController {
  constructor(private readonly faults: FaultService) {}

  @Post('faults')
  @HttpCode(200)
  @Scopes('payments:write')
  @Idempotent()
  @ApiOperation({ operationId: 'testHelpers.faults.set', summary: 'Let something go wrong' })
  @ApiOkResponse({ standardSchema: WireFault })
  set(
    @CurrentCaller() caller: Caller,
    @Body({ schema: SetFault }) body: SetFault,
  ): Promise<WireFault> {
    return this.faults.set(caller, body)
  }

  @Get('faults')
  @Scopes('payments:read')
  @ApiOperation({ operationId: 'testHelpers.faults.list', summary: 'List what goes wrong' })
  @ApiOkResponse({ standardSchema: FaultList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: FaultTarget }) query: FaultTarget,
  ): Promise<FaultList> {
    return this.faults.list(caller, query)
  }

  @Delete('faults')
  @Scopes('payments:write')
  @ApiOperation({
    operationId: 'testHelpers.faults.clear',
    summary: 'Let everything go well again',
  })
  @ApiOkResponse({ standardSchema: FaultList })
  clear(
    @CurrentCaller() caller: Caller,
    @Query({ schema: FaultTarget }) query: FaultTarget,
  ): Promise<FaultList> {
    return this.faults.clear(caller, query)
  }

  @Get('magic_amounts')
  @Scopes('payments:read')
  @ApiOperation({
    operationId: 'testHelpers.magicAmounts.list',
    summary: 'List the amounts that bring a fault along',
  })
  @ApiOkResponse({ standardSchema: MagicAmountList })
  magicAmounts(): MagicAmountList {
    return this.faults.magicAmounts()
  }
}
