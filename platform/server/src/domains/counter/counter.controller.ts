import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../infra/http/decorators.js'
import { CounterOrder, CounterRefund, HandOutRefund, ReceiveAtCounter } from './counter.schema.js'
import { CounterService } from './counter.service.js'

@ApiTags('counter')
@Controller('v1/counter')
export class CounterController {
  constructor(private readonly counter: CounterService) {}

  @Get('orders/:id')
  @Scopes('counter:read')
  @ApiOperation({
    operationId: 'counterOrders.get',
    summary: 'What is to be paid under a counter number, or for a payment',
  })
  @ApiOkResponse({ standardSchema: CounterOrder })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.counter.get(caller, id)
  }

  @Post('orders/:id/receive')
  @HttpCode(200)
  @Scopes('counter:write')
  @Idempotent()
  @ApiOperation({ operationId: 'counterOrders.receive', summary: 'Record that money was taken' })
  @ApiOkResponse({ standardSchema: CounterOrder })
  receive(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: ReceiveAtCounter }) body: ReceiveAtCounter,
  ) {
    return this.counter.receive(caller, id, body)
  }

  @Post('refunds/:id/hand_out')
  @HttpCode(200)
  @Scopes('counter:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'counterRefunds.handOut',
    summary: 'Record that a refund was handed out',
  })
  @ApiOkResponse({ standardSchema: CounterRefund })
  handOut(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: HandOutRefund }) body: HandOutRefund,
  ) {
    return this.counter.handOut(caller, id, body)
  }
}
