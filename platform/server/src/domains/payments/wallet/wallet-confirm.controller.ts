import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, SecretBody } from '../../../infra/http/decorators.js'
import { Payment } from '../payment.schema.js'
import { ConfirmWallet } from './wallet-confirm.schema.js'
import { WalletConfirmService } from './wallet-confirm.service.js'

@ApiTags('payments')
@Controller('v1/payments')
export class WalletConfirmController {
  constructor(private readonly confirmations: WalletConfirmService) {}

  @Post(':id/confirm_wallet')
  @HttpCode(200)
  @Scopes('payments:write')
  @Idempotent()
  @SecretBody()
  @ApiOperation({
    operationId: 'payments.confirmWallet',
    summary: 'Pay with the campus card by the payer’s PIN',
  })
  @ApiOkResponse({ standardSchema: Payment })
  confirm(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: ConfirmWallet }) body: ConfirmWallet,
  ) {
    return this.confirmations.confirmForApp(caller, id, body)
  }
}
