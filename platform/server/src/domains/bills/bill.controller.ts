import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, OwnScope, Scopes } from '../../infra/http/decorators.js'
import { Bill, BillList, BillListQuery, CreateBill, UpdateBill } from './bill.schema.js'
import { BillService } from './bill.service.js'

@ApiTags('bills')
@Controller('v1/bills')
export class BillController {
  constructor(private readonly bills: BillService) {}

  @Post()
  @Scopes('bills:write')
  @Idempotent()
  @ApiOperation({ operationId: 'bills.create', summary: 'Create a bill' })
  @ApiCreatedResponse({ standardSchema: Bill })
  @ApiOkResponse({
    standardSchema: Bill,
    description: 'The out_bill_no was known with the same parameters: here is the bill.',
  })
  create(@CurrentCaller() caller: Caller, @Body({ schema: CreateBill }) body: CreateBill) {
    return this.bills.create(caller, body)
  }

  @Get(':id')
  @Scopes('bills:read')
  @OwnScope('bills:read:own')
  @ApiOperation({ operationId: 'bills.get', summary: 'Get a bill' })
  @ApiOkResponse({ standardSchema: Bill })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.bills.get(caller, id)
  }

  @Get()
  @Scopes('bills:read')
  @OwnScope('bills:read:own')
  @ApiOperation({ operationId: 'bills.list', summary: 'List bills' })
  @ApiOkResponse({ standardSchema: BillList })
  list(@CurrentCaller() caller: Caller, @Query({ schema: BillListQuery }) query: BillListQuery) {
    return this.bills.list(caller, query)
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('bills:write')
  @Idempotent()
  @ApiOperation({ operationId: 'bills.update', summary: 'Extend a bill, or change its metadata' })
  @ApiOkResponse({ standardSchema: Bill })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdateBill }) body: UpdateBill,
  ) {
    return this.bills.update(caller, id, body)
  }

  @Post(':id/void')
  @HttpCode(200)
  @Scopes('bills:write')
  @Idempotent()
  @ApiOperation({ operationId: 'bills.void', summary: 'Void a bill that nobody has begun to pay' })
  @ApiOkResponse({ standardSchema: Bill })
  void(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.bills.void(caller, id)
  }
}
