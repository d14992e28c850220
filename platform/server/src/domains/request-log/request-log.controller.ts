import { Controller, Get, Param, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { Caller } from '../../infra/http/caller.js'
import { CurrentCaller, Scopes } from '../../infra/http/decorators.js'
import {
  RequestLogList,
  RequestLogListQuery,
  type WireRequestLogList,
} from './request-log.schema.js'
import { RequestLogService } from './request-log.service.js'
import { RequestLogDetail } from './request-log-detail.schema.js'

@ApiTags('request logs')
@Controller('v1/request_logs')
export class RequestLogController {
  constructor(private readonly requestLogs: RequestLogService) {}

  @Get()
  @Scopes('logs:read')
  @ApiOperation({
    operationId: 'requestLogs.list',
    summary: 'List calls of the API, newest first, or follow them',
  })
  @ApiOkResponse({ standardSchema: RequestLogList })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: RequestLogListQuery }) query: RequestLogListQuery,
  ): Promise<WireRequestLogList> {
    return this.requestLogs.list(caller, query)
  }

  @Get(':id')
  @Scopes('logs:read')
  @ApiOperation({ operationId: 'requestLogs.get', summary: 'Get a call, with what proves it' })
  @ApiOkResponse({ standardSchema: RequestLogDetail })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<RequestLogDetail> {
    return this.requestLogs.get(caller, id)
  }
}
