import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Idempotent, Scopes, TestModeOnly } from '../../infra/http/decorators.js'
import { ReplayRequestLog, RequestReplay } from './replay.schema.js'
import { ReplayService } from './replay.service.js'

@ApiTags('test_helpers')
@Controller('v1/test_helpers/request_logs')
export class ReplayController {
  constructor(private readonly replays: ReplayService) {}

  @Post(':id/replay')
  @HttpCode(200)
  @Scopes('logs:read')
  @TestModeOnly()
  @Idempotent()
  @ApiOperation({
    operationId: 'testHelpers.requestLogs.replay',
    summary: 'Run a logged call again, with your own scopes, and compare the answers',
  })
  @ApiOkResponse({ standardSchema: RequestReplay })
  replay(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body({ schema: ReplayRequestLog }) body: ReplayRequestLog,
  ) {
    return this.replays.replay(caller, id, body)
  }
}
