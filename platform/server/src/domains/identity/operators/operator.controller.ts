import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import {
  CurrentCaller,
  ForInstitution,
  Idempotent,
  Permission,
  StepUp,
} from '../../../infra/http/decorators.js'
import type { WireList } from '../../../infra/http/wire.schema.js'
import { Operator, OperatorList, OperatorListQuery, UpdateOperator } from './operator.schema.js'
import { OperatorService } from './operator.service.js'

@ApiTags('operators')
@ForInstitution()
@Controller('v1/operators')
export class OperatorController {
  constructor(private readonly operators: OperatorService) {}

  @Get()
  @Permission('operators:read')
  @ApiOperation({ operationId: 'operators.list', summary: 'List the people of the institution' })
  @ApiOkResponse({ standardSchema: OperatorList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: OperatorListQuery }) query: OperatorListQuery,
  ): Promise<WireList<Operator>> {
    return this.operators.list(caller, query)
  }

  @Get(':id')
  @Permission('operators:read')
  @ApiOperation({ operationId: 'operators.get', summary: 'Get a person' })
  @ApiOkResponse({ standardSchema: Operator })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Operator> {
    return this.operators.get(caller, id)
  }

  @Post(':id')
  @HttpCode(200)
  @Permission('operators:write')
  @StepUp()
  @Idempotent()
  @ApiOperation({ operationId: 'operators.update', summary: 'Change what a person may do' })
  @ApiOkResponse({ standardSchema: Operator })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateOperator }) body: UpdateOperator,
  ): Promise<Operator> {
    return this.operators.update(caller, id, body)
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Permission('operators:write')
  @StepUp()
  @Idempotent()
  @ApiOperation({
    operationId: 'operators.disable',
    summary: 'Sign a person out everywhere, at once and for good',
  })
  @ApiOkResponse({ standardSchema: Operator })
  disable(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Operator> {
    return this.operators.disable(caller, id)
  }

  @Post(':id/enable')
  @HttpCode(200)
  @Permission('operators:write')
  @StepUp()
  @Idempotent()
  @ApiOperation({ operationId: 'operators.enable', summary: 'Let a person sign in again' })
  @ApiOkResponse({ standardSchema: Operator })
  enable(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Operator> {
    return this.operators.enable(caller, id)
  }

  @Post(':id/reset_second_factor')
  @HttpCode(200)
  @Permission('operators:write')
  @StepUp()
  @Idempotent()
  @ApiOperation({
    operationId: 'operators.resetSecondFactor',
    summary: 'Let a person set up a new second factor, after a lost phone',
  })
  @ApiOkResponse({ standardSchema: Operator })
  resetSecondFactor(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Operator> {
    return this.operators.resetSecondFactor(caller, id)
  }
}
