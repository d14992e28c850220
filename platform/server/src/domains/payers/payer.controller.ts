import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, OwnScope, Scopes } from '../../infra/http/decorators.js'
import { CreatePayer, Payer, PayerList, PayerListQuery, UpdatePayer } from './payer.schema.js'
import { PayerService } from './payer.service.js'

@ApiTags('payers')
@Controller('v1/payers')
export class PayerController {
  constructor(private readonly payers: PayerService) {}

  @Post()
  @Scopes('payers:write')
  @Idempotent()
  @ApiOperation({ operationId: 'payers.create', summary: 'Create a payer' })
  @ApiCreatedResponse({ standardSchema: Payer })
  @ApiOkResponse({
    standardSchema: Payer,
    description: 'The number was known with the same details: here is the payer.',
  })
  create(@CurrentCaller() caller: Caller, @Body({ schema: CreatePayer }) body: CreatePayer) {
    return this.payers.create(caller, body)
  }

  @Get(':id')
  @Scopes('payers:read')
  @OwnScope('payers:read:own')
  @ApiOperation({ operationId: 'payers.get', summary: 'Get a payer' })
  @ApiOkResponse({ standardSchema: Payer })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.payers.get(caller, id)
  }

  @Get()
  @Scopes('payers:read')
  @OwnScope('payers:read:own')
  @ApiOperation({ operationId: 'payers.list', summary: 'List payers' })
  @ApiOkResponse({ standardSchema: PayerList })
  list(@CurrentCaller() caller: Caller, @Query({ schema: PayerListQuery }) query: PayerListQuery) {
    return this.payers.list(caller, query)
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('payers:write')
  @Idempotent()
  @ApiOperation({ operationId: 'payers.update', summary: 'Update a payer' })
  @ApiOkResponse({ standardSchema: Payer })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdatePayer }) body: UpdatePayer,
  ) {
    return this.payers.update(caller, id, body)
  }
}
