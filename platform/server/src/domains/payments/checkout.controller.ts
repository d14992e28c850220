import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../infra/http/decorators.js'
import type { Reply } from '../../infra/http/reply.js'
import type { WireList } from '../../infra/http/wire.schema.js'
import {
  Checkout,
  CheckoutList,
  CheckoutListQuery,
  CreateCheckout,
  type Checkout as WireCheckout,
} from './checkout.schema.js'
import { CheckoutService } from './checkout.service.js'

@ApiTags('checkouts')
@Controller('v1/checkouts')
export class CheckoutController {
  constructor(private readonly checkouts: CheckoutService) {}

  @Post()
  @Scopes('payments:write')
  @Idempotent()
  @ApiOperation({ operationId: 'checkouts.create', summary: 'Bring bills together to be paid' })
  @ApiCreatedResponse({ standardSchema: Checkout })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateCheckout }) body: CreateCheckout,
  ): Promise<Reply<WireCheckout>> {
    return this.checkouts.create(caller, body)
  }

  @Get(':id')
  @Scopes('payments:read')
  @ApiOperation({ operationId: 'checkouts.get', summary: 'Get a checkout' })
  @ApiOkResponse({ standardSchema: Checkout })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireCheckout> {
    return this.checkouts.get(caller, id)
  }

  @Get()
  @Scopes('payments:read')
  @ApiOperation({ operationId: 'checkouts.list', summary: 'List checkouts, newest first' })
  @ApiOkResponse({ standardSchema: CheckoutList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: CheckoutListQuery }) query: CheckoutListQuery,
  ): Promise<WireList<WireCheckout>> {
    return this.checkouts.list(caller, query)
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scopes('payments:write')
  @Idempotent()
  @ApiOperation({ operationId: 'checkouts.cancel', summary: 'Cancel a checkout nobody is paying' })
  @ApiOkResponse({ standardSchema: Checkout })
  cancel(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<WireCheckout> {
    return this.checkouts.cancel(caller, id)
  }
}
