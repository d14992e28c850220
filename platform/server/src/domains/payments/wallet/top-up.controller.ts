import { Body, Controller, Param, Post } from '@nestjs/common'
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes } from '../../../infra/http/decorators.js'
import { Payment } from '../payment.schema.js'
import { CreateTopUp } from './top-up.schema.js'
import { TopUpService } from './top-up.service.js'

@ApiTags('wallets')
@Controller('v1/wallets')
export class TopUpController {
  constructor(private readonly topUps: TopUpService) {}

  @Post(':id/top_ups')
  @Scopes('wallets:write')
  @Idempotent()
  @ApiOperation({ operationId: 'wallets.topUp', summary: 'Create a payment that tops up a wallet' })
  @ApiCreatedResponse({ standardSchema: Payment })
  @ApiOkResponse({
    standardSchema: Payment,
    description: 'This out_trade_no is known: the payment.',
  })
  create(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: CreateTopUp }) body: CreateTopUp,
  ) {
    return this.topUps.create(caller, id, body)
  }
}
