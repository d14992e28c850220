import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, TestModeOnly } from '../../infra/http/decorators.js'
import { Payment, type Payment as WirePayment } from '../payments/payment.schema.js'
import { SimulatePayment } from './simulation.schema.js'
import { SimulationService } from './simulation.service.js'

@ApiTags('test_helpers')
@TestModeOnly()
@Controller('v1/test_helpers')
export class SimulationController {
  constructor(private readonly simulation: SimulationService) {}

  @Post('payments/:id/simulate')
  @HttpCode(200)
  @Scopes('payments:write')
  @Idempotent()
  @ApiOperation({ operationId: 'testHelpers.payments.simulate', summary: 'Play the payer' })
  @ApiOkResponse({ standardSchema: Payment })
  simulate(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: SimulatePayment }) body: SimulatePayment,
  ): Promise<WirePayment> {
    return this.simulation.play(caller, id, body)
  }
}
