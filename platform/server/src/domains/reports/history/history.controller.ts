import { Controller, Get, Param } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Scopes } from '../../../infra/http/decorators.js'
import { History } from './history.schema.js'
import { HistoryService } from './history.service.js'

@ApiTags('reports')
@Controller('v1')
export class HistoryController {
  constructor(private readonly history: HistoryService) {}

  @Get('payments/:id/history')
  @Scopes('payments:read')
  @ApiOperation({
    operationId: 'payments.history',
    summary: 'Everything that happened to a payment, in order',
  })
  @ApiOkResponse({ standardSchema: History })
  ofPayment(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.history.ofPayment(caller, id)
  }

  @Get('refunds/:id/history')
  @Scopes('refunds:read')
  @ApiOperation({
    operationId: 'refunds.history',
    summary: 'Everything that happened to a refund, in order',
  })
  @ApiOkResponse({ standardSchema: History })
  ofRefund(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.history.ofRefund(caller, id)
  }

  @Get('bills/:id/history')
  @Scopes('bills:read')
  @ApiOperation({
    operationId: 'bills.history',
    summary: 'Everything that happened to a bill, in order',
  })
  @ApiOkResponse({ standardSchema: History })
  ofBill(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.history.ofBill(caller, id)
  }

  @Get('checkouts/:id/history')
  @Scopes('payments:read')
  @ApiOperation({
    operationId: 'checkouts.history',
    summary: 'Everything that happened to a checkout, in order',
  })
  @ApiOkResponse({ standardSchema: History })
  ofCheckout(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.history.ofCheckout(caller, id)
  }
}
