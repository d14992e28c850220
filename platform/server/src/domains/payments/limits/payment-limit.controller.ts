import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../../infra/http/decorators.js'
import {
  CreatePaymentLimit,
  PaymentLimit,
  PaymentLimitList,
  PaymentLimitListQuery,
  UpdatePaymentLimit,
} from './payment-limit.schema.js'
import { PaymentLimitAdminService } from './payment-limit-admin.service.js'

@ApiTags('payment limits')
@Controller('v1/payment_limits')
export class PaymentLimitController {
  constructor(private readonly limits: PaymentLimitAdminService) {}

  @Post()
  @Scopes('limits:write')
  @Idempotent()
  @ApiOperation({ operationId: 'paymentLimits.create', summary: 'Set a payment limit' })
  @ApiCreatedResponse({ standardSchema: PaymentLimit })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreatePaymentLimit }) body: CreatePaymentLimit,
  ) {
    return this.limits.create(caller, body)
  }

  @Get()
  @Scopes('limits:read')
  @ApiOperation({ operationId: 'paymentLimits.list', summary: 'List payment limits' })
  @ApiOkResponse({ standardSchema: PaymentLimitList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: PaymentLimitListQuery }) query: PaymentLimitListQuery,
  ) {
    return this.limits.list(caller, query)
  }

  @Get(':id')
  @Scopes('limits:read')
  @ApiOperation({ operationId: 'paymentLimits.get', summary: 'Get a payment limit' })
  @ApiOkResponse({ standardSchema: PaymentLimit })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.limits.get(caller, id)
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('limits:write')
  @Idempotent()
  @ApiOperation({ operationId: 'paymentLimits.update', summary: 'Change a payment limit' })
  @ApiOkResponse({ standardSchema: PaymentLimit })
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: UpdatePaymentLimit }) body: UpdatePaymentLimit,
  ) {
    return this.limits.update(caller, id, body)
  }
}
