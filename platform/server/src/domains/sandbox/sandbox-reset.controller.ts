import { Body, Controller, Post } from '@nestjs/common'
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, TestModeOnly } from '../../infra/http/decorators.js'
import { ResetSandbox, SandboxReset } from './sandbox-reset.schema.js'
import { SandboxResetService } from './sandbox-reset.service.js'

@ApiTags('test_helpers')
@TestModeOnly()
@Controller('v1/test_helpers/reset')
export class SandboxResetController {
  constructor(private readonly sandbox: SandboxResetService) {}

  @Post()
  @Scopes('payments:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'testHelpers.sandbox.reset',
    summary: 'Begin again with an empty sandbox',
    description:
      'Payments, refunds, checkouts, bills, fee items, events and webhook endpoints of this app in test mode are its own no more, and every number is free again. Keys, members and the request log stay; payers, wallets and the ledger belong to the institution.',
  })
  @ApiCreatedResponse({ standardSchema: SandboxReset })
  reset(@CurrentCaller() caller: Caller, @Body({ schema: ResetSandbox }) body: ResetSandbox) {
    return this.sandbox.reset(caller, body)
  }
}
