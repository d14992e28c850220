import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../infra/http/decorators.js'
import {
  CreateFeeItem,
  FeeItem,
  FeeItemList,
  FeeItemListQuery,
  UpdateFeeItem,
} from './fee-item.schema.js'
import { FeeItemService } from './fee-item.service.js'

@ApiTags('fee_items')
@Controller('v1/fee_items')
export class FeeItemController {
  constructor(private readonly feeItems: FeeItemService) {}

  @Post()
  @Scopes('bills:write')
  @Idempotent()
  @ApiOperation({ operationId: 'feeItems.create', summary: 'Create a fee item' })
  @ApiCreatedResponse({ standardSchema: FeeItem })
  @ApiOkResponse({
    standardSchema: FeeItem,
    description: 'The code was known with the same parameters: here is the fee item.',
  })
  create(@CurrentCaller() caller: Caller, @Body({ schema: CreateFeeItem }) body: CreateFeeItem) {
    return this.feeItems.create(caller, body)
  }

  @Get(':id')
  @Scopes('bills:read')
  @ApiOperation({ operationId: 'feeItems.get', summary: 'Get a fee item' })
  @ApiOkResponse({ standardSchema: FeeItem })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.feeItems.get(caller, id)
  }

  @Get()
  @Scopes('bills:read')
  @ApiOperation({ operationId: 'feeItems.list', summary: 'List fee items' })
  @ApiOkResponse({ standardSchema: FeeItemList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: FeeItemListQuery }) query: FeeItemListQuery,
  ) {
    return this.feeItems.list(caller, query)
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('bills:write')
  @Idempotent()
  @ApiOperation({ operationId: 'feeItems.update', summary: 'Update a fee item' })
  @ApiOkResponse({ standardSchema: FeeItem })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateFeeItem }) body: UpdateFeeItem,
  ) {
    return this.feeItems.update(caller, id, body)
  }
}
