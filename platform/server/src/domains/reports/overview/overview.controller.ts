import { Controller, Get, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../../infra/http/caller.js'
import { CurrentCaller, Scopes } from '../../../infra/http/decorators.js'
import { Overview, OverviewQuery } from './overview.schema.js'
import { OverviewService } from './overview.service.js'

@ApiTags('reports')
@Controller('v1/reports')
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  @Get('overview')
  @Scopes('reports:read', 'payments:read')
  @ApiOperation({
    operationId: 'reports.overview',
    summary: 'Volume, success, speed and trouble over time',
  })
  @ApiOkResponse({ standardSchema: Overview })
  get(@CurrentCaller() caller: Caller, @Query({ schema: OverviewQuery }) query: OverviewQuery) {
    return this.overview.get(caller, query)
  }
}
