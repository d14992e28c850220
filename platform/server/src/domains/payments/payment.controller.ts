import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { AppClocks } from '../../infra/clock/app-clocks.js'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, OwnScope, Scopes } from '../../infra/http/decorators.js'
import type { StoredResponse } from '../../infra/http/reply.js'
import type { WireList } from '../../infra/http/wire.schema.js'
import {
  ChangePaymentChannel,
  CreatePayment,
  Payment,
  PaymentList,
  PaymentListQuery,
  type Payment as WirePayment,
} from './payment.schema.js'
import { PaymentService } from './payment.service.js'

@ApiTags('payments')
@Controller('v1/payments')
export class PaymentController {
  constructor(
    private readonly payments: PaymentService,
    private readonly clocks: AppClocks,
  ) {}

  @Post()
  @Scopes('payments:write')
  @Idempotent({ by: 'service' })
  @ApiOperation({ operationId: 'payments.create', summary: 'Create a payment' })
  @ApiCreatedResponse({ standardSchema: Payment })
  @ApiOkResponse({
    standardSchema: Payment,
    description: 'This out_trade_no is known: the payment.',
  })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreatePayment }) body: CreatePayment,
  ): Promise<StoredResponse> {
    return this.clocks.within(caller.app_id, () => this.payments.create(caller, body))
  }

  @Get(':id')
  @Scopes('payments:read')
  @OwnScope('payments:read:own')
  @ApiOperation({ operationId: 'payments.get', summary: 'Get a payment' })
  @ApiOkResponse({ standardSchema: Payment })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WirePayment> {
    return this.payments.get(caller, id)
  }

  @Get()
  @Scopes('payments:read')
  @OwnScope('payments:read:own')
  @ApiOperation({ operationId: 'payments.list', summary: 'List payments, newest first' })
  @ApiOkResponse({ standardSchema: PaymentList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: PaymentListQuery }) query: PaymentListQuery,
  ): Promise<WireList<WirePayment>> {
    return this.payments.list(caller, query)
  }

  @Post(':id/change_channel')
  @HttpCode(200)
  @Scopes('payments:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'payments.changeChannel',
    summary: 'Pay a pending payment by another channel or method',
  })
  @ApiOkResponse({ standardSchema: Payment })
  changeChannel(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: ChangePaymentChannel }) body: ChangePaymentChannel,
  ): Promise<WirePayment> {
    return this.payments.changeChannel(caller, id, body)
  }

  @Post(':id/close')
  @HttpCode(200)
  @Scopes('payments:write')
  @Idempotent()
  @ApiOperation({ operationId: 'payments.close', summary: 'Close a payment that is not paid' })
  @ApiOkResponse({ standardSchema: Payment })
  close(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WirePayment> {
    return this.payments.close(caller, id)
  }
}
